/**
 * Where in a list of rows a scroll bar is. Browsers cannot lay out an element of any height (Firefox ends at 17.9 million
 * pixels, Chromium at 33.5 million), so a list taller than `heightMax` gets that much, and the scroll bar stands for more.
 * What is scrolled by hand moves pixel by pixel all the same: only leaps of the scroll bar are stretched, and once it
 * rests it is moved to where it belongs, which nobody sees. Pure: positions come in, positions go out, in pixels.
 */
export const heightMax = 8_000_000;

/** At both ends so much of the list is as long as it looks, so that the first and the last row can be reached by hand. */
const endHeight = 2_000_000;

export class RowsScroll {
  #rowsHeight = 0;
  #position = 0;
  /** How much further down the list is than the scroll bar. */
  #shift = 0;

  get shift(): number {
    return this.#shift;
  }

  /** Height of the element that scrolls. */
  get height(): number {
    return Math.min(this.#rowsHeight, heightMax);
  }

  /** The list has become longer or shorter, below what is seen of it. */
  resize(rowsHeight: number): void {
    this.#rowsHeight = rowsHeight;
  }

  /**
   * The scroll bar was moved.
   * @param leap more than this at once is no scrolling by hand
   * @returns what of the list is at the top now
   */
  moved(position: number, leap: number): number {
    const leapt = Math.abs(position - this.#position) > leap;
    const atAnEnd = position < leap || position > this.height - leap;
    if (leapt || atAnEnd) this.#shift = Math.round(this.#stretched(position) - position);
    this.#position = position;
    return position + this.#shift;
  }

  /** Where the scroll bar belongs, and is taken to be from now on. */
  rest(): number {
    return this.goTo(this.#position + this.#shift);
  }

  /** Where the scroll bar has to be, and is taken to be, to have that of the list at the top. */
  goTo(top: number): number {
    this.#position = Math.round(this.#squeezed(top));
    this.#shift = top - this.#position;
    return this.#position;
  }

  /** From the scroll bar to the list. */
  #stretched(position: number): number {
    const { height } = this;
    if (position < endHeight || height === this.#rowsHeight) return position;
    if (position > height - endHeight) return this.#rowsHeight - (height - position);
    return endHeight + (position - endHeight) * this.#stretch;
  }

  /** From the list to the scroll bar. */
  #squeezed(top: number): number {
    const { height } = this;
    if (top < endHeight || height === this.#rowsHeight) return top;
    if (top > this.#rowsHeight - endHeight) return height - (this.#rowsHeight - top);
    return endHeight + (top - endHeight) / this.#stretch;
  }

  get #stretch(): number {
    return (this.#rowsHeight - 2 * endHeight) / (this.height - 2 * endHeight);
  }
}
