"""Writes the .npz files of this folder with NumPy, as people who train elsewhere would. Run it here: python3 make.py"""
import numpy as np

s, t = np.linspace(-1, 2, 4), np.linspace(0, 1, 3)
f = lambda s, t: s + 10 * t

# A surface as this program lays it out: row i along t, column j along s.
S, T = np.meshgrid(s, t)
np.savez("points.npz", loss=f(S, T), coordinates=np.stack([S, T], axis=-1))
# The same with the other order of indices, in float32, compressed, its first axis falling.
S, T = np.meshgrid(s[::-1], t, indexing="ij")
np.savez_compressed("turned.npz", loss=f(S, T).astype(np.float32), coordinates=np.stack([S, T], axis=-1).astype(np.float32))
# Two ranges, one for each axis of loss, with a hole.
r = np.linspace(-1, 1, 3)
loss = f(r[:, None], r[None, :])
loss[0, 2] = np.inf
np.savez("ranges.npz", loss=loss, coordinates=[r, r])
# The ends of both ranges.
np.savez("ends.npz", loss=f(s[:, None], t[None, :]), coordinates=np.array([[-1.0, 2.0], [0.0, 1.0]]))

# Paths of two methods in three dimensions with a plane whose axes are neither of length one nor at right angles.
a, b, o = np.array([2.0, 0, 0]), np.array([1.0, 1, 0]), np.array([0.0, 0, 5])
path = o + np.outer([0.0, 1, 2], a) + np.outer([1.0, 0, -1], b)
np.savez("paths.npz", **{"adam/theta": path, "adam/loss": np.array([3.0, 2, 1]), "adam/step": np.array([0, 10, 20]), "gd/theta": path[:2] + [0, 0, 1]}, axes=np.stack([a, b]), origin=o)
np.savez("theta.npz", theta=path.astype(np.float32))
np.savez("proj.npz", **{"gd/theta_proj": np.array([[0.0, 1], [2, 3]])})
# What is refused.
np.savez("fortran.npz", theta=np.asfortranarray(path))
np.savez("objects.npz", theta=np.array([[1, "a"], [2, None]], dtype=object))
np.savez("big.npz", theta=path.astype(">f8"))
np.savez("whole.npz", weights=np.arange(6).reshape(2, 3))
np.savez("cube.npz", loss=np.zeros((3, 3, 3)), coordinates=np.zeros((3, 3)))
