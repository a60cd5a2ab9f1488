"""A closed line just outside an outline, so that its inside is the outline grown by 2 cm.

An outline is rounded to a grid of about 1 cm before anything is computed, so what a party meant may lie up to 8 mm
beyond what is kept. Growing by 2 cm makes up for that: whatever is computed from the grown outline misses nothing.
"""

from math import sqrt

from beforehand.airspace.outline import EARTH_RADIUS_M, Vector

#: How far every outline is grown, in millimetres.
GROWTH_MM = 20
# The line runs half a millimetre further out than it must, far above what a double rounds off (about 1 nm).
_OFFSET = (GROWTH_MM + 0.5) / (1000 * EARTH_RADIUS_M)
# Directions of the shortest edges (1 cm) are known to about 1e-7.
_UNSURE = 1e-6
# Turning right by up to this, the sides meet so near to where they end that the half millimetre makes up for it.
_SLIGHT = 1e-2
# The cosine of the sharpest turn at which the sides are drawn out until they meet: 104 degrees, at 1.63 times the offset.
_SHARP = -0.25


def grown_border(points: list[Vector]) -> tuple[list[Vector], bool]:
    """The line round counter-clockwise corners, and whether the outline surely turns left at each of them.

    The line stays between 20 and 35 mm outside edges and corners (edges up to a quarter of the Earth; more for longer
    ones), is not always simple where the outline is not convex, and passes through its concave corners. Points are of
    length 1 to within 1e-16.

    At each corner the outer sides of the two edges, shifted outwards by ``r``, are joined: by the point where they
    meet (turn to the left, up to 104 degrees, or straight on), by two points of square caps (sharper), or through the
    corner itself (turn to the right: no point outside is nearest to such a corner).
    """
    normals = []
    ax, ay, az = points[-1]
    for bx, by, bz in points:
        # Outward normal of edge a-b: -(a x b), computed as (b - a) x (b + a) / 2, which stays exact for short edges.
        dx, dy, dz, sx, sy, sz = bx - ax, by - ay, bz - az, bx + ax, by + ay, bz + az
        nx, ny, nz = dy * sz - dz * sy, dz * sx - dx * sz, dx * sy - dy * sx
        scale = _OFFSET / sqrt(nx * nx + ny * ny + nz * nz)
        normals.append((nx * scale, ny * scale, nz * scale))
        ax, ay, az = bx, by, bz
    border: list[Vector] = []
    all_left = True
    square = _OFFSET * _OFFSET
    for i, (x, y, z) in enumerate(points):
        # Edge i ends at this corner, the next begins; n and m are their outward normals, of length r.
        nx, ny, nz = normals[i]
        mx, my, mz = normals[i + 1 - len(points)]
        # The direction of travel at the end of the incoming edge, t = corner x n; m . t = r^2 sin(turn to the left).
        tx, ty, tz = y * nz - z * ny, z * nx - x * nz, x * ny - y * nx
        turn = (mx * tx + my * ty + mz * tz) / square
        along = (nx * mx + ny * my + nz * mz) / square
        if turn < _UNSURE:
            all_left = False
        if along >= _SHARP:
            if turn > -_SLIGHT:
                share = 1 / (1 + along)
                border.append((x + (nx + mx) * share, y + (ny + my) * share, z + (nz + mz) * share))
                continue
        elif turn > -_UNSURE:
            border.append((x + nx + tx, y + ny + ty, z + nz + tz))
            border.append((x + mx - (y * mz - z * my), y + my - (z * mx - x * mz), z + mz - (x * my - y * mx)))
            continue
        border.append((x + nx, y + ny, z + nz))
        border.append((x, y, z))
        border.append((x + mx, y + my, z + mz))
    return border, all_left
