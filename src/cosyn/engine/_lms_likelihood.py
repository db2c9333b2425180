r"""The likelihood of a model with products, as a mixture over nodes, with its derivatives.

Given a node the rows are normal, with the residual covariance :math:`\Theta` and a low-rank part;
by Woodbury's identity a row enters through :math:`f = \Lambda'\Theta^{-1}(y - \nu)` alone:

.. math:: \ln p(y \mid z) = \text{base} + c(z) + l(z)'f + \tfrac12 f'P(z)f, \quad
          P = C(I + KC)^{-1}, \quad K = \Lambda'\Theta^{-1}\Lambda

so that all rows at all nodes are one matrix product of features of f and coefficients of z.
Derivatives are those of the sum over nodes itself (Fisher's identity within each node), exact for
any number of nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine._lms_node import Node
from cosyn.engine._lms_structure import at_nodes, moved, pulled, structural_cells
from cosyn.engine._quadratic_forms import features, packed, unpacked
from cosyn.engine.linalg import damped_inverse, inverse_and_log_det
from cosyn.engine.lisrel import LAMBDA, NU, THETA
from cosyn.engine.rows import slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine._lms_nodes import Grid
    from cosyn.engine._lms_structure import AtNodes, Nonlinear
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.lisrel import Matrices, Structure

#: Rows times nodes that are held at once.
_CELLS = 1 << 17
#: Step of the differences that give the Hessian, in standard errors.
_STEP = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class LmsDiscrepancy:
    """Minus the log-likelihood of a respondent, on average.

    Attributes
    ----------
    structure : Structure
        The linear part, with q0 free parameters; the t effects of products follow them.
    where : Nonlinear
    grid : Grid
    Y : ndarray, shape (n, p)
    """

    structure: Structure
    where: Nonlinear
    grid: Grid
    Y: Matrix

    def at(self, x: Vector) -> LmsEvaluation:
        """Evaluate at free parameters x, shape (q0 + t,); infinite where it is undefined."""
        terms = len(self.where.outcome)
        linear, omega = x[: len(x) - terms], x[len(x) - terms :]
        matrices = self.structure.matrices(linear)
        log_det, W = inverse_and_log_det(matrices.Theta)
        nodes = at_nodes(matrices, omega, self.where, self.grid.z)
        if not np.isfinite(log_det) or not np.isfinite(nodes.a).all():
            return LmsEvaluation(self, x, float("inf"), None)
        R = self.Y - matrices.nu[:, 0]
        H = W @ matrices.Lambda
        F = R @ H
        rows = Rows(matrices, W, H, R, F, features(F))
        node = Node.of(nodes, matrices.Lambda.T @ H)
        if node is None:
            return LmsEvaluation(self, x, float("inf"), None)
        totals, sums, D = _expected(rows, node, node.coefficients(self.grid.log_weights))
        base = -0.5 * (R.shape[1] * np.log(2 * np.pi) + log_det + np.einsum("ij,ij->i", R @ W, R))
        value = -float(np.mean(totals + base))
        return LmsEvaluation(self, x, value, Expected(rows, nodes, node, totals, sums, D))


def _blocks(n: int, nodes: int) -> Iterator[slice]:
    """Rows so many at a time that they and all nodes fit into a cache."""
    return slices(n, max(1, _CELLS // nodes))


def _expected(rows: Rows, node: Node, coefficients: Matrix) -> tuple[Vector, Matrix, Matrix]:
    """Log-likelihoods (n,) but for the base, sums at nodes (Q, features), latents' means (n, m)."""
    n, m = rows.F.shape
    totals, sums, D = np.empty(n), np.zeros(coefficients.shape), np.empty((n, m))
    turns = np.hstack([node.linear, node.P.reshape(-1, m * m)])
    for k in _blocks(n, len(turns)):
        logs = rows.features[k] @ coefficients.T
        largest = logs.max(axis=1)
        logs -= largest[:, None]
        weights = np.exp(logs, out=logs)
        each = weights.sum(axis=1)
        weights /= each[:, None]
        totals[k] = largest + np.log(each)
        sums += weights.T @ rows.features[k]
        turned = weights @ turns
        P = turned[:, m:].reshape(-1, m, m)
        D[k] = turned[:, :m] + np.einsum("nij,nj->ni", P, rows.F[k])
    return totals, sums, D


class Rows(NamedTuple):
    """What rows are at the measurement's parameters."""

    matrices: Matrices
    W: Matrix
    H: Matrix
    R: Matrix
    F: Matrix
    features: Matrix


class Expected(NamedTuple):
    """A point where the likelihood is defined: see `_expected`."""

    rows: Rows
    nodes: AtNodes
    node: Node
    totals: Vector
    sums: Matrix
    D: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class LmsEvaluation:
    """Minus the log-likelihood at one point, with its derivatives."""

    discrepancy: LmsDiscrepancy
    x: Vector
    value: float
    expected: Expected | None

    def score(self) -> Vector:
        """Minus the gradient, shape (q,)."""
        assert self.expected is not None
        rows, node = self.expected.rows, self.expected.node
        sums, D = self.expected.sums, self.expected.D
        m = rows.F.shape[1]
        s0, s1, S2 = sums[:, 0], sums[:, 1 : 1 + m], unpacked(sums[:, 1 + m :], m)
        crossed = np.einsum("qij,qj->qi", node.P, s1)[:, :, None] * node.linear[:, None]
        T = np.einsum("q,qij->ij", s0, node.P) + (node.linear * s0[:, None]).T @ node.linear
        T += (crossed + np.swapaxes(crossed, 1, 2)).sum(axis=0) + (node.P @ S2 @ node.P).sum(axis=0)
        W, H, R, Lambda = rows.W, rows.H, rows.R, rows.matrices.Lambda
        RD = R.T @ D
        E = R.T @ R - RD @ Lambda.T - Lambda @ RD.T + Lambda @ T @ Lambda.T
        slopes = {
            LAMBDA: W @ RD - H @ T,
            THETA: W @ E @ W - len(R) * W,
            NU: W @ (R.sum(axis=0) - Lambda @ D.sum(axis=0))[:, None],
        }
        structural = self._pulled(s0, s1, S2)
        return np.asarray(self._gathered(slopes, structural[:, None])[:, 0] / len(R))

    def _pulled(self, s0: Vector, s1: Matrix, S2: Matrix) -> Vector:
        """Slopes by structural parameters, from the sums of 1, f and ff' at the nodes."""
        assert self.expected is not None
        nodes, node = self.expected.nodes, self.expected.node
        here, h = self.discrepancy, node.offset(nodes)
        g = (node.G @ s1[..., None])[..., 0]
        crossed = g[:, :, None] * h[:, None]
        squared = node.G @ S2 @ np.swapaxes(node.G, 1, 2) + crossed + np.swapaxes(crossed, 1, 2)
        squared += s0[:, None, None] * (h[:, :, None] * h[:, None] - node.G @ node.K)
        slopes = g + s0[:, None] * h, squared / 2
        omega = self.x[len(self.x) - len(here.where.outcome) :]
        return pulled(here.structure, omega, here.where, here.grid.z, nodes, slopes)

    def information(self) -> Matrix:
        """Mean cross-product of the scores, shape (q, q)."""
        scores = self.scores()
        return scores.T @ scores / len(scores)

    def hessian(self) -> Matrix:
        """Observed information by central differences of the score, shape (q, q)."""
        there, x = self.discrepancy, self.x
        scale = np.sqrt(np.diag(damped_inverse(self.information())) / len(there.Y))
        moved = [
            (there.at(x - step).score() - there.at(x + step).score()) / (2 * step.max())
            for step in np.diag(_STEP * scale)
        ]
        H = np.array(moved)
        return np.asarray((H + H.T) / 2)

    def scores(self) -> Matrix:
        """Of respondents, shape (n, q)."""
        assert self.expected is not None
        rows, node, D = self.expected.rows, self.expected.node, self.expected.D
        n, m = rows.F.shape
        made = np.concatenate([self._coefficients(), node.squares()])
        by_node = np.moveaxis(made, 1, 0).reshape(len(node.P), -1)
        coefficients = node.coefficients(self.discrepancy.grid.log_weights)
        found = np.empty((n, len(made)))
        for k in _blocks(n, len(by_node)):
            logs = rows.features[k] @ coefficients.T - self.expected.totals[k, None]
            turned = (np.exp(logs, out=logs) @ by_node).reshape(-1, *made.shape[::2])
            found[k] = np.einsum("ncf,nf->nc", turned, rows.features[k])
        squares = m * (m + 1) // 2
        parts, T = found[:, :-squares].T, unpacked(found[:, -squares:], m)
        w, HT = rows.R @ rows.W, np.einsum("jl,nlk->njk", rows.H, T)
        u = w - D @ rows.H.T
        spread = np.einsum("njk,ik->nji", HT, rows.H)
        half = w[:, :, None] * (D @ rows.H.T)[:, None]
        spread += w[:, :, None] * w[:, None] - half - np.swapaxes(half, 1, 2) - rows.W
        slopes = {
            LAMBDA: np.moveaxis(w[:, :, None] * D[:, None] - HT, 0, -1),
            THETA: np.moveaxis(spread, 0, -1),
            NU: u.T[:, None],
        }
        return self._gathered(slopes, parts).T

    def _coefficients(self) -> Matrix:
        """Derivatives of the coefficients by structural parameters, shape (c + t, Q, features)."""
        assert self.expected is not None
        nodes, node = self.expected.nodes, self.expected.node
        here = self.discrepancy
        omega = self.x[len(self.x) - len(here.where.outcome) :]
        da, dC = moved(here.structure, omega, here.where, here.grid.z, nodes)
        h = node.offset(nodes)
        R = node.G @ node.K
        turned = da + np.einsum("cqij,qj->cqi", dC, h)
        constant = np.einsum("qi,cqi->cq", h, (da + turned) / 2)
        constant -= 0.5 * np.einsum("qij,cqij->cq", R, dC)
        linear = np.einsum("qji,cqj->cqi", node.G, turned)
        quadratic = packed(np.swapaxes(node.G, 1, 2) @ dC @ node.G / 2)
        return np.concatenate([constant[..., None], linear, quadratic], axis=-1)

    def _gathered(self, slopes: dict[int, Matrix], structural: Matrix) -> Matrix:
        """By parameters (q, ...) from slopes by matrices and by structural cells (c + t, ...)."""
        structure = self.discrepancy.structure
        terms = len(self.discrepancy.where.outcome)
        found = np.zeros((len(structure.matrix), structural.shape[1]))
        cells = structural_cells(structure)
        found[cells] = structural[: len(cells)]
        for kind, slope in slopes.items():
            here = np.flatnonzero(structure.matrix == kind)
            row, column = structure.row[here], structure.column[here]
            values = slope[row, column].reshape(len(here), -1)
            halved = (kind == THETA) & (row == column)
            found[here] = np.where(halved[:, None], values / 2, values)
        total = np.zeros((len(self.x), structural.shape[1]))
        np.add.at(total, structure.parameter, found)
        total[len(self.x) - terms :] = structural[len(cells) :]
        return total
