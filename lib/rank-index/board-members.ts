import type { Order, RankStyle } from "@/lib/domain/board";
import { movedSeqSum } from "@/lib/domain/board-log";
import { type RankedStanding, rankInOrder, type Standing } from "@/lib/domain/ranking";
import { columnOrders, type Values } from "@/lib/domain/score";
import { columnsWidth, encodeOrderKey } from "./order-key";
import type { IndexBoard, StandingChange } from "./rank-index";
import { SortedMembers } from "./sorted-members";

interface Held {
  key: string;
  name: string;
  values: Values;
  reached: number;
  seq: number;
}

/** The players of one board in order, in memory: what the keys and scripts are in Redis. */
export class BoardMembers {
  readonly #orders: Order[];
  readonly #keyWidth: number;
  readonly #columnsWidth: number;
  readonly #players = new Map<string, Held>();
  readonly #members = new SortedMembers();
  /** The distinct column prefixes; only for dense ranks. */
  readonly #groups: SortedMembers | undefined;
  #seqSum = 0;

  constructor(board: IndexBoard) {
    this.#orders = columnOrders(board);
    this.#columnsWidth = columnsWidth(board);
    this.#keyWidth = this.#columnsWidth + columnsWidth({ tiebreaks: [] });
    this.#groups = board.rankStyle === "dense" ? new SortedMembers() : undefined;
  }

  get size(): number {
    return this.#members.size;
  }

  get seqSum(): number {
    return this.#seqSum;
  }

  /** Puts a standing unless it is old news; says whether anything visible changed. */
  put({ player, name, values, reached, seq }: StandingChange): boolean {
    const old = this.#players.get(player);
    if (old && old.seq >= seq) return false;
    this.#seqSum = movedSeqSum(this.#seqSum, seq, old?.seq);
    const key = encodeOrderKey(this.#orders, values, reached);
    this.#players.set(player, { key, name, values, reached, seq });
    if (old?.key === key) return old.name !== name;
    if (old) this.#remove(old.key, player);
    this.#members.add(key + player);
    this.#groups?.add(this.#prefix(key));
    return true;
  }

  /** Null for an unknown player. */
  rankOf(style: RankStyle, player: string): number | null {
    const held = this.#players.get(player);
    return held ? this.#rank(style, held.key + player) : null;
  }

  /** Place in the order, from 0; null for an unknown player. */
  placeOf(player: string): number | null {
    const held = this.#players.get(player);
    return held ? this.#members.countBefore(held.key + player) : null;
  }

  /** How many players have better values than this one. */
  aheadOf(player: string): number {
    return this.#members.countBefore(this.#prefix(this.#players.get(player)?.key ?? ""));
  }

  page(style: RankStyle, offset: number, limit: number): RankedStanding[] {
    const members = this.#members.slice(offset, limit);
    const first = { position: offset + 1, rank: members[0] ? this.#rank(style, members[0]) : 1 };
    return rankInOrder(
      style,
      members.map((member) => this.#standing(member)),
      first,
    );
  }

  #rank(style: RankStyle, member: string): number {
    if (style === "ordinal") return this.#members.countBefore(member) + 1;
    const sorted = style === "dense" && this.#groups ? this.#groups : this.#members;
    return sorted.countBefore(this.#prefix(member)) + 1;
  }

  #standing(member: string): Standing {
    const player = member.slice(this.#keyWidth);
    const { name = player, values = [], reached = 0 } = this.#players.get(player) ?? {};
    return { player, name, values, reached };
  }

  #remove(key: string, player: string): void {
    this.#members.delete(key + player);
    const prefix = this.#prefix(key);
    const [next] = this.#members.slice(this.#members.countBefore(prefix), 1);
    if (!next?.startsWith(prefix)) this.#groups?.delete(prefix);
  }

  #prefix(key: string): string {
    return key.slice(0, this.#columnsWidth);
  }
}
