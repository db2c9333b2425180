"""What the likelihood of a row is at each node, as coefficients of the row's features."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine._quadratic_forms import packed

if TYPE_CHECKING:
    from cosyn.engine._lms_structure import AtNodes
    from cosyn.engine._typing import Matrix, Vector


class Node(NamedTuple):
    """Coefficients at the nodes: K (m, m), P and G = I - KP (Q, m, m), constants (Q,), l (Q, m)."""

    K: Matrix
    P: Matrix
    G: Matrix
    constant: Vector
    linear: Matrix

    @staticmethod
    def of(nodes: AtNodes, K: Matrix) -> Node | None:
        """None where the covariance of the latents is not definite."""
        sign, log_det = np.linalg.slogdet(S := np.eye(len(K)) + K @ nodes.C)
        if not (sign > 0).all():
            return None
        P = nodes.C @ np.linalg.inv(S)
        P = (P + np.swapaxes(P, 1, 2)) / 2
        G = np.eye(len(K)) - K @ P
        linear = np.einsum("qji,qj->qi", G, nodes.a)
        constant = -0.5 * (log_det + np.einsum("qi,qi->q", linear, nodes.a @ K))
        return Node(K, P, G, constant, linear)

    def offset(self, nodes: AtNodes) -> Matrix:
        """What is added to Gf so that it is the slope by the mean at each node, shape (Q, m)."""
        return np.asarray(-(self.G @ (nodes.a @ self.K)[..., None])[..., 0])

    def coefficients(self, log_weights: Vector) -> Matrix:
        """Of the features of f, shape (Q, 1 + m + m (m + 1) / 2), with the nodes' weights."""
        constant = (self.constant + log_weights)[:, None]
        return np.hstack([constant, self.linear, packed(self.P / 2)])

    def squares(self) -> Matrix:
        """Of the expected products of latents, shape (m (m + 1) / 2, Q, features).

        The latents have mean l + Pf and covariance P at each node.
        """
        rows, columns = np.tril_indices(len(self.K))
        mean, P = self.linear, self.P
        a, b = P[:, rows], P[:, columns]
        constant = P[:, rows, columns] + mean[:, rows] * mean[:, columns]
        linear = mean[:, rows, None] * b + mean[:, columns, None] * a
        outer = a[..., :, None] * b[..., None, :]
        quadratic = packed((outer + np.swapaxes(outer, -1, -2)) / 2)
        made = np.concatenate([constant[..., None], linear, quadratic], axis=-1)
        return np.moveaxis(made, 1, 0)
