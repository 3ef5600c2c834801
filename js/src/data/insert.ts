/** Puts an item into a list that is in order, behind all that are not later: nearly always at its end. */
export function insert<T>(list: T[], item: T, time: (item: T) => number): void {
  let place = list.length;
  while (place > 0 && time(list[place - 1]) > time(item)) place--;
  list.splice(place, 0, item);
}
