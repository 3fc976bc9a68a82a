// Gathers points that lie near each other on the screen, by a grid: one pass over the points, one over the cells.

const APART = 36; // pixels between the middles of two heaps

function mean(cell) {
  return { x: cell.x / cell.points.length, y: cell.y / cell.points.length };
}

function join(cell, other) {
  cell.points.push(...other.points);
  for (const sum of ["x", "y", "lat", "lng"]) cell[sum] += other[sum];
}

// Two neighbours whose middles nearly touch across the border of their cells are one heap to the eye.
function joinNeighbours(cells, size) {
  for (const [key, cell] of cells) {
    const [column, row] = key.split(":").map(Number);
    for (const [right, down] of [[1, 0], [0, 1], [1, 1], [-1, 1]]) {
      const otherKey = `${column + right}:${row + down}`;
      const other = cells.get(otherKey);
      if (!other) continue;
      const [here, there] = [mean(cell), mean(other)];
      if (Math.hypot(here.x - there.x, here.y - there.y) > size * 0.6) continue;
      join(cell, other);
      cells.delete(otherKey);
    }
  }
}

// The marks of heaps are buttons; one must not cover another. Few heaps are left here, so each may look at each.
function joinOverlapping(cells) {
  const heaps = [...cells].filter(([, cell]) => cell.points.length > 1);
  for (let index = 0; index < heaps.length; index += 1) {
    const [, heap] = heaps[index];
    const here = mean(heap);
    const near = heaps.findIndex(([, other], place) => {
      const there = mean(other);
      return place > index && Math.hypot(here.x - there.x, here.y - there.y) < APART;
    });
    if (near < 0) continue;
    const [[key, other]] = heaps.splice(near, 1);
    join(heap, other);
    cells.delete(key);
    index = -1; // its middle has moved: look again from the start
  }
}

/** Groups {lat, lng, points} of points; `project` gives a point's place in pixels, `size` is the cell's width. */
export function gather(points, project, size) {
  const cells = new Map();
  for (const point of points) {
    const { x, y } = project(point);
    const key = `${Math.floor(x / size)}:${Math.floor(y / size)}`;
    const cell = { points: [point], x, y, lat: point.lat, lng: point.lng };
    if (cells.has(key)) join(cells.get(key), cell);
    else cells.set(key, cell);
  }
  joinNeighbours(cells, size);
  joinOverlapping(cells);
  return [...cells.values()].map((cell) => ({
    points: cell.points,
    lat: cell.lat / cell.points.length,
    lng: cell.lng / cell.points.length,
  }));
}
