/** Lists that are kept in order. */

/** Puts an item into a list, behind all that are not later: nearly always at its end. */
export function insert<T>(list: T[], item: T, time: (item: T) => number): void {
  let place = list.length;
  while (place > 0 && time(list[place - 1]) > time(item)) place--;
  list.splice(place, 0, item);
}

/** The first number from `low` on for which something is so, as it then is for all that follow; `end` if for none. */
export function first(low: number, end: number, isSo: (at: number) => boolean): number {
  let high = end;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isSo(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
