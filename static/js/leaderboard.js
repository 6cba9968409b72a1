// Moves a leaderboard that the server has drawn. A row is a place and stays where it is; names move through the places,
// so nothing on the page is ever shifted.

const LETTERS = [11, 15, 20, 28]; // from which a name is set smaller; the same as in the component
const REDUCED = matchMedia("(prefers-reduced-motion: reduce)");
const still = () => REDUCED.matches || document.documentElement.dataset.motion === "off";

export class Leaderboard {
  /** `board` is the drawn `.leaderboard`. */
  constructor(board) {
    this.board = board;
    this.numbers = new Intl.NumberFormat(document.documentElement.lang);
  }

  get rows() {
    return [...this.board.querySelectorAll(".leaderboard-row")];
  }

  /** Draws a frame with figures, as the server drew the page's first one; `words` says what it calls a lead. */
  show({ standings, status }, { words, most }) {
    const top = standings[0].votes;
    const gap = top - (standings[1]?.votes ?? 0);
    const over = status === "closed" || status === "revealed";
    const notes = !top ? ["vacant"] : gap ? [over ? "won" : "leads", "behind"] : ["level", "level"];
    const states = top ? ["leader", "chasing"] : ["vacant"];
    const cut = [...this.board.children].findIndex((row) => row.matches(".leaderboard-cut"));
    if (top > 999) this.board.classList.add("has-many-votes");
    this.update(
      standings.slice(0, most).map(({ artist, votes, rank, ballot_number: number }, index) => ({
        key: artist.id,
        artist: artist.name,
        votes,
        place: most && !over ? number : rank,
        share: top && votes / top,
        note: words[notes[index]]?.replace("%s", this.numbers.format(gap)) ?? "",
        state: states[index] ?? (cut > 0 && index >= cut ? "out" : "running"),
      })),
    );
  }

  /** Draws `standings`: from the first to the last, `{key, place, artist, votes, share, state, note}` each. */
  update(standings) {
    const old = this.rows;
    const stay = standings.every(({ key }, index) => old[index]?.dataset.key === key);
    const before = new Map(stay ? [] : old.map((row) => [row.dataset.key, row.offsetTop]));
    this.#count(standings.length);
    const rows = this.rows;
    for (const [index, standing] of standings.entries()) this.#draw(rows[index], standing);
    if (!stay && !still()) this.#move(rows, before);
  }

  /** As many rows as there are standings. */
  #count(wanted) {
    const rows = this.rows;
    for (const row of rows.slice(Math.max(1, wanted))) row.remove();
    for (let have = rows.length; have < wanted; have++) this.board.append(rows.at(-1).cloneNode(true));
  }

  #draw(row, standing) {
    row.className = `leaderboard-row is-${standing.state}`;
    row.dataset.key = standing.key;
    row.dataset.fit = LETTERS.filter((letters) => standing.artist.length > letters).length;
    write(row, ".place", standing.place);
    write(row, ".artist", standing.artist);
    write(row, ".votes", this.numbers.format(standing.votes));
    write(row, ".note span", standing.note);
    row.querySelector(".fill rect").style.transform = `scaleX(${standing.share})`;
  }

  /** Lets every name that has a new place come from its old one. */
  #move(rows, before) {
    const style = getComputedStyle(this.board);
    const timing = {
      duration: milliseconds(style.getPropertyValue("--duration-3")),
      easing: style.getPropertyValue("--ease-slam"),
    };
    for (const row of rows) {
      const travelled = (before.get(row.dataset.key) ?? row.offsetTop) - row.offsetTop;
      if (travelled === 0) continue;
      for (const part of row.querySelectorAll(".who, .votes")) {
        part.animate([{ transform: `translateY(${travelled}px)` }, { transform: "none" }], timing);
      }
    }
  }
}

/** Changes the text a part begins with, and only when it differs: screen readers hear what is new. */
export function write(root, part, words) {
  const element = root.querySelector(part);
  const text = element.firstChild ?? element.appendChild(new Text());
  if (text.data !== String(words)) text.data = words;
}

function milliseconds(time) {
  return Number.parseFloat(time) * (time.trim().endsWith("ms") ? 1 : 1000);
}
