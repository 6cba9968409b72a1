// Swagger UI has a dark theme, which is chosen by a class; this follows the system, as all other pages do.

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);

dark.addEventListener("change", follow);
follow();
