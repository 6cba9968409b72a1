// Brings the gallery to life with the same modules the pages use.

import { startCountdowns } from "./countdown.js";
import "./dialog.js";
import { Leaderboard } from "./leaderboard.js";

startCountdowns();

const stage = document.querySelector(".gallery-overtake");
const board = new Leaderboard(stage.querySelector(".leaderboard"));
const votes = new Map(
  [...stage.querySelectorAll(".leaderboard-row")].map((row) => [
    row.dataset.key,
    { artist: row.querySelector(".artist").textContent, votes: Number.parseInt(row.querySelector(".votes").textContent) },
  ]),
);

stage.querySelector("[data-overtake]").addEventListener("click", () => {
  const [, second] = ranked();
  votes.get(second.key).votes += 23;
  board.update(ranked());
});

function ranked() {
  const found = [...votes].map(([key, standing]) => ({ key, ...standing })).sort((a, b) => b.votes - a.votes);
  const [leader, chaser] = found;
  const gap = leader.votes - chaser.votes;
  return found.map((standing, index) => ({
    ...standing,
    place: index + 1,
    share: standing.votes / leader.votes,
    state: ["leader", "chasing"][index] ?? "running",
    note: [`Leads by ${gap}`, `${gap} behind and closing`][index] ?? "",
  }));
}
