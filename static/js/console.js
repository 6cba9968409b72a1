// Names for what the theme draws without: choices that are searched, each by its own label.

const named = (select) => {
  const label = select.labels?.[0]?.textContent ?? select.getAttribute("aria-label");
  const box = select.nextElementSibling?.querySelector("[role=combobox]");
  if (!label || !box) return;
  box.removeAttribute("aria-labelledby");
  const chosen = select.selectedOptions[0]?.textContent.trim();
  const shown = box.querySelector("[role=textbox]");
  shown?.removeAttribute("role");
  shown?.removeAttribute("aria-readonly");
  box.setAttribute("aria-label", [label.replace("*", "").trim(), chosen].filter(Boolean).join(": "));
};

// The menu is a landmark already; what scrolls inside it is none of its own.
const plain = (box) => ["role", "aria-label"].forEach((name) => box.removeAttribute(name));

const all = () => {
  document.querySelectorAll("select.admin-autocomplete").forEach(named);
  document.querySelectorAll("nav .simplebar-content-wrapper[role]").forEach(plain);
};

// The theme draws them some time after the page has loaded, and again for every line that is added.
new MutationObserver(all).observe(document.body, { childList: true, subtree: true });
document.addEventListener("change", all);
all();
