// Says every frame on the page that the server has drawn. What may be seen, and in which words, the server decides.

import { startCountdowns } from "./countdown.js";
import { Feed } from "./feed.js";
import { Leaderboard, write } from "./leaderboard.js";

const STALE = 2500; // milliseconds; a shorter break nobody hears of
const NEWS = 10000; // between two leaders that are read out

export class LivePage {
  #ahead = 0;
  #leader;
  #told = 0;
  #breaking;

  /** `root` holds the parts, and in a script what the page tells us. */
  constructor(root) {
    this.root = root;
    this.told = JSON.parse(this.part("script").textContent);
    this.board = new Leaderboard(this.part(".leaderboard"));
    const zone = { timeZone: this.told.zone, timeStyle: "medium", hourCycle: "h23" };
    this.time = new Intl.DateTimeFormat(document.documentElement.lang, zone);
    startCountdowns(root);
    root.classList.add("is-followed");
    if (this.told.renew) setInterval(() => this.renew(), 1000 * this.told.renew);
    new Feed(this.told, this).follow();
  }

  part(selector) {
    return this.root.querySelector(selector);
  }

  frame(frame) {
    // Whether nobody else sees what the organizer sees is for the server to say.
    if (this.show(frame) && this.told.audience === "organizer") location.reload();
  }

  /** Draws the frame. Answers whether it is of another phase or round than the one before. */
  show(frame) {
    const says = this.root.dataset;
    const { as_of: now, closes_at: until, standings } = frame;
    const phase = phaseOf(frame);
    const round = String(frame.round ?? "");
    const changed = phase !== says.phase || round !== says.round;
    const shows = frame.withheld || phase === "waiting" ? "names" : "figures";
    const clock = until && /open|hidden/.test(phase) ? "on" : "off";
    Object.assign(says, { phase, round, clock, shows: standings.length ? shows : "nothing" });
    this.#ahead = Date.now() - Date.parse(now);
    if (changed) this.#turn(frame, phase);
    if (clock === "on") this.#wind(until, now);
    if (says.shows === "figures") this.#draw(frame);
    return changed;
  }

  #turn({ round, name, standings }, phase) {
    write(this.root, ".phase", this.told.words[phase]);
    if (round) write(this.root, ".round-name", name || this.told.words.round.replace("%s", round));
    const bill = this.part(".bill");
    const lines = standings.slice(0, this.told.most).map(({ ballot_number: number, artist }) => {
      const line = bill.firstElementChild.cloneNode(true);
      write(line, ".lead", number);
      write(line, ".name", artist.name);
      return line;
    });
    if (lines[0]) bill.replaceChildren(...lines);
  }

  #wind(until, now) {
    const clock = this.part(".countdown").dataset;
    const [end, start] = [until, now].map(Date.parse);
    if (Date.parse(clock.until) === end) return;
    Object.assign(clock, { until, now, total: (end - start) / 1000 });
    startCountdowns(this.root);
  }

  #draw(frame) {
    const [first, second] = frame.standings;
    this.board.show(frame, this.told);
    write(this.root, ".total", this.board.numbers.format(frame.total));
    if (first.votes && first.votes !== second?.votes) this.#tell(first.artist.name);
  }

  /** Has a new leader read out. */
  #tell(leader) {
    const news = this.#leader && leader !== this.#leader && Date.now() - this.#told > NEWS;
    this.#leader = leader;
    if (!news) return;
    this.#told = Date.now();
    write(this.root, ".news", this.told.words.news.replace("%s", leader));
  }

  contact() {
    clearTimeout(this.#breaking);
    this.#breaking = 0;
    this.root.classList.remove("is-stale");
    write(this.root, ".as-of-time", this.time.format(Date.now() - this.#ahead));
  }

  lost() {
    this.#breaking ||= setTimeout(() => this.root.classList.add("is-stale"), STALE);
  }

  /** Asks the page again for what it tells us. */
  async renew() {
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location)).text(), "text/html");
      Object.assign(this.told, JSON.parse(page.querySelector("[data-phase] script").textContent));
      return page;
    } catch {}
  }
}

function phaseOf({ status, withheld }) {
  if (!status || status === "planned") return "waiting";
  if (status === "open") return withheld ? "hidden" : "open";
  if (status === "closing") return "counting";
  return status === "disputed" ? status : withheld ? "sealed" : "over";
}

const live = document.querySelector(".live");
if (live) new LivePage(live);
