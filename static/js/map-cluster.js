// Gathers points that lie near each other on the screen, by a grid: one pass over the points, one over the cells.

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
  return [...cells.values()].map((cell) => ({
    points: cell.points,
    lat: cell.lat / cell.points.length,
    lng: cell.lng / cell.points.length,
  }));
}
