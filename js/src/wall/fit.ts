/** How large tiles are on the whole screen. */

const [WIDE, HIGH, DENSE] = [12.7, 7.4, 5]; // of a tile, in its letters; `DENSE` is the height without its line
const FRAME = 18; // pixels of a tile above and below its letters
const GAP = 8;
const EDGE = 12;
/** Of the height of what shows them: a hall's last row reads no smaller letters, and larger ones help nobody. */
const [LEAST, MOST] = [0.022, 0.05];

/**
 * The letters of tiles, in pixels, in a place on a screen of a height: as large as lets all be seen at once, with
 * their lines or else without; where they are too many even so, they are scrolled.
 */
export function fitted(place: { width: number; height: number }, screen: number, count: number) {
  const [least, most] = [Math.ceil(LEAST * screen), Math.floor(MOST * screen)];
  for (const dense of [false, true]) {
    for (let size = most; size >= least; size--) {
      const across = Math.max(1, Math.floor((place.width - EDGE + GAP) / (WIDE * size + GAP)));
      const rows = Math.ceil(count / across);
      if (rows * ((dense ? DENSE : HIGH) * size + FRAME + GAP) - GAP + EDGE <= place.height)
        return { size, dense };
    }
  }
  return { size: least, dense: true };
}
