// Shows the picture that was chosen before it is sent, and says at once when it is too large.

const MOST_BYTES = 10_000_000;
const input = document.querySelector("input[type=file][data-too-large]");
const face = input?.closest(".my-face")?.querySelector(".avatar");

input?.addEventListener("change", () => {
  const [file] = input.files;
  const tooLarge = file && file.size > MOST_BYTES;
  input.setCustomValidity(tooLarge ? input.dataset.tooLarge : "");
  input.reportValidity();
  if (file && !tooLarge) show(file);
});

input?.form.addEventListener("submit", (event) => {
  if (!input.reportValidity()) event.preventDefault();
});

/** As an address of its own: the page may load pictures from here and from `data:` only. */
function show(file) {
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    const image = new Image();
    image.alt = "";
    image.addEventListener("load", () => face?.replaceChildren(image));
    image.src = reader.result;
  });
  reader.readAsDataURL(file);
}
