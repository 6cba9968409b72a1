// The vote page: the button names the artist, and the page notices when a round opens or closes. Without this module the
// button says "Vote" and a link looks again.

import { startCountdowns } from "./countdown.js";

const EVERY = { open: 15_000, otherwise: 6_000 }; // milliseconds between two looks at the round
const SPREAD = 3_000; // so that a whole room does not come back in the same moment

startCountdowns();

const form = document.querySelector(".vote-form");
if (form) nameTheArtist(form);

const watch = document.querySelector("[data-watch]");
if (watch) look(watch);

function nameTheArtist(form) {
  const button = form.querySelector("[data-named]");
  const label = button.querySelector("span");
  const show = () => {
    const chosen = form.querySelector("input:checked")?.closest("label").querySelector(".artist").textContent;
    if (chosen) label.textContent = button.dataset.named.replace("{artist}", chosen);
  };
  form.addEventListener("change", show);
  show();
}

/** Asks how the round stands for as long as the page is looked at, and draws the page again when that has changed. */
function look({ dataset: { watch: address, standing } }) {
  const every = standing.endsWith(".open") ? EVERY.open : EVERY.otherwise;
  let timer;

  const later = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(ask, milliseconds + Math.random() * SPREAD);
  };
  const ask = async () => {
    if (document.hidden) return;
    const now = await stands(address);
    if (now !== undefined && now !== standing) location.replace(location.pathname);
    else later(every);
  };

  later(every);
  document.addEventListener("visibilitychange", () => document.hidden || later(0));
  document.addEventListener("countdown:over", () => later(1_000));
}

/** `2.open`, "" before any round is planned, undefined where nobody answers. */
async function stands(address) {
  try {
    const answer = await fetch(address);
    if (!answer.ok) return undefined;
    const { round, status } = (await answer.json()).data;
    return round === null ? "" : `${round}.${status}`;
  } catch {
    return undefined;
  }
}
