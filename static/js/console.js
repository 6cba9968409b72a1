// What the theme leaves out: names for choices that are searched, and the reader's light or dark when it changes.

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

// On a phone rows are cards, whose labels the theme writes With Every Word In Capitals.
document.querySelectorAll("td[data-label], th[data-label]").forEach(({ dataset }) => {
  dataset.label = dataset.label.charAt(0).toLocaleUpperCase() + dataset.label.slice(1);
});

// The theme draws choices and menu some time after the page has loaded, and again for every line that is added.
new MutationObserver(all).observe(document.body, { childList: true, subtree: true });
document.addEventListener("change", all);
all();

// The theme asks once how light it is. Where the reader has chosen neither light nor dark, it follows from here on.
const night = matchMedia("(prefers-color-scheme: dark)");
night.addEventListener("change", () => {
  const chosen = localStorage.getItem("_x_adminTheme") ?? '"auto"';
  if (chosen === '"auto"') document.documentElement.classList.toggle("dark", night.matches);
});

// The theme looks for its own drawing around every choice of a file and fails at ours; this is its mark for "seen to".
document.querySelectorAll("input[type=file]").forEach((input) => (input.hasChangeListener = true));
