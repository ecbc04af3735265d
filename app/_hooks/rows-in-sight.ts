import { RowsScroll } from "./rows-scroll";

/** Which rows of a long table to render. Indices from 0, `end` and `bottom` exclusive; heights in pixels. */
export interface RowsInSight {
  first: number;
  end: number;
  /** Those that are really seen. */
  top: number;
  bottom: number;
  /** Room to leave above the first row. */
  before: number;
  /** Of all rows together, as far as a browser can lay it out. */
  height: number;
  rowHeight: number;
  /** Height of the table's head. */
  head: number;
}

/** Rows rendered beyond those that are seen, and the step in which that changes. */
const overscan = 20;
const step = 8;
const restMs = 150;
/** A place that somebody goes to comes so far down the window. */
const line = 0.25;

/**
 * Follows the window's scrolling over the rows of a table that is rendered in part. The table stands in `box`, which has room
 * for all rows; rows are of one height, which is measured.
 */
export class RowsFollower {
  readonly #box: HTMLElement;
  readonly #onChange: (rows: RowsInSight) => void;
  readonly #onRest: (place: number) => void;
  readonly #scroll = new RowsScroll();
  #total = 0;
  #rowHeight = 0;
  /** What of the rows is at the window's top. */
  #top = 0;
  #shown: RowsInSight | null = null;
  #resting: ReturnType<typeof setTimeout> | undefined;
  /** Where the window has to be scrolled to once there is room for it. */
  #scrollTo: number | null = null;
  /** Where it was scrolled to last, unless somebody did so by hand since. */
  #wentTo: number | null = null;

  /** @param onRest told the place, from 1, where scrolling by hand came to rest */
  constructor(box: HTMLElement, onChange: (rows: RowsInSight) => void, onRest: (place: number) => void) {
    this.#box = box;
    this.#onChange = onChange;
    this.#onRest = onRest;
  }

  start(): () => void {
    const onScroll = () => this.#look();
    const onResize = () => this.#measure() || this.#look();
    window.addEventListener("scroll", onScroll, { passive: true });
    window.addEventListener("resize", onResize);
    this.#measure();
    return () => {
      window.removeEventListener("scroll", onScroll);
      window.removeEventListener("resize", onResize);
      clearTimeout(this.#resting);
    };
  }

  setTotal(total: number): void {
    if (total === this.#total) return;
    this.#total = total;
    this.#scroll.resize(total * this.#rowHeight);
    if (this.#shown) this.#show();
  }

  /** @param place from 1; beyond the end it is the last */
  goTo(place: number): void {
    const index = Math.min(place, this.#total) - 1;
    const top = index * this.#rowHeight - line * window.innerHeight;
    this.#top = top;
    this.#scrollTo = this.#scroll.goTo(top);
    this.#show();
  }

  /** To be called when what `onChange` was told is laid out. */
  laidOut(): void {
    if (this.#scrollTo === null) return;
    window.scrollTo({ top: Math.max(0, this.#origin() + this.#scrollTo), behavior: "instant" });
    this.#scrollTo = null;
    this.#wentTo = window.scrollY;
  }

  /** Rows may have become higher or lower, as on a narrower window: what was at the top stays there. */
  #measure(): boolean {
    const row = this.#box.querySelector("tbody tr");
    const height = row?.getBoundingClientRect().height ?? 0;
    if (height === 0 || Math.abs(height - this.#rowHeight) < 0.01) return false;
    const place = this.#rowHeight > 0 ? this.#placeAt(line) : null;
    this.#rowHeight = height;
    this.#scroll.resize(this.#total * height);
    if (place !== null) this.goTo(place);
    else this.#look();
    return true;
  }

  #look(): void {
    if (this.#scrollTo !== null) return;
    const leap = 4 * window.innerHeight;
    this.#top = this.#scroll.moved(window.scrollY - this.#origin(), leap);
    this.#show();
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#rest(), restMs);
  }

  #rest(): void {
    if (this.#wentTo !== null && Math.abs(window.scrollY - this.#wentTo) <= 1) return;
    const { shift } = this.#scroll;
    const position = this.#scroll.rest();
    if (this.#scroll.shift !== shift) {
      this.#scrollTo = position;
      this.#show();
    }
    this.#onRest(this.#placeAt(line));
  }

  #placeAt(down: number): number {
    const index = Math.floor((this.#top + down * window.innerHeight) / this.#rowHeight);
    return clamp(index, 0, this.#total - 1) + 1;
  }

  #show(): void {
    const [total, rowHeight] = [this.#total, this.#rowHeight];
    const top = clamp(Math.floor(this.#top / rowHeight), 0, total);
    const bottom = clamp(Math.ceil((this.#top + window.innerHeight) / rowHeight), 0, total);
    const first = clamp(Math.floor((top - overscan) / step) * step, 0, total);
    const end = clamp(Math.ceil((bottom + overscan) / step) * step, 0, total);
    const before = Math.max(0, first * rowHeight - this.#scroll.shift);
    const shown = { first, end, top, bottom, before, height: this.#scroll.height, rowHeight, head: this.#head() };
    if (this.#scrollTo === null && this.#shown && sameRows(shown, this.#shown)) return;
    this.#shown = shown;
    this.#onChange(shown);
  }

  /** Where the rows begin, from the page's top. */
  #origin(): number {
    return this.#box.getBoundingClientRect().top + window.scrollY + this.#box.clientTop + this.#head();
  }

  #head(): number {
    return this.#box.querySelector("thead")?.offsetHeight ?? 0;
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}

function sameRows(a: RowsInSight, b: RowsInSight): boolean {
  const keys = Object.keys(a) as (keyof RowsInSight)[];
  return keys.every((key) => a[key] === b[key]);
}
