//! Small dense linear algebra: matrices of a model's width, design matrices of a table's length.

use super::tolerance::JACOBI;
use crate::num::order::Order;

/// Column-major matrix: column `j` is `data[j·rows .. (j+1)·rows]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    pub rows: usize,
    pub cols: usize,
    pub data: Vec<f64>,
}

impl Matrix {
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self { rows, cols, data: vec![0.0; rows * cols] }
    }
    pub fn identity(n: usize) -> Self {
        let mut m = Self::zeros(n, n);
        for i in 0..n {
            m.set(i, i, 1.0);
        }
        m
    }
    /// From equally long columns.
    pub fn from_columns(rows: usize, columns: &[Vec<f64>]) -> Self {
        let mut data = Vec::with_capacity(rows * columns.len());
        for c in columns {
            debug_assert_eq!(c.len(), rows);
            data.extend_from_slice(c);
        }
        Self { rows, cols: columns.len(), data }
    }
    pub fn get(&self, i: usize, j: usize) -> f64 {
        self.data[j * self.rows + i]
    }
    pub fn set(&mut self, i: usize, j: usize, v: f64) {
        self.data[j * self.rows + i] = v;
    }
    pub fn col(&self, j: usize) -> &[f64] {
        &self.data[j * self.rows..(j + 1) * self.rows]
    }
    pub fn col_mut(&mut self, j: usize) -> &mut [f64] {
        &mut self.data[j * self.rows..(j + 1) * self.rows]
    }
    pub fn transpose(&self) -> Self {
        let mut t = Self::zeros(self.cols, self.rows);
        for j in 0..self.cols {
            for i in 0..self.rows {
                t.set(j, i, self.get(i, j));
            }
        }
        t
    }
    /// A · B.
    pub fn times(&self, b: &Self) -> Self {
        let mut out = Self::zeros(self.rows, b.cols);
        for j in 0..b.cols {
            for k in 0..self.cols {
                let w = b.get(k, j);
                if w != 0.0 {
                    axpy(w, self.col(k), out.col_mut(j));
                }
            }
        }
        out
    }
    /// A · x.
    pub fn times_vector(&self, x: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.rows];
        for (j, &w) in x.iter().enumerate() {
            axpy(w, self.col(j), &mut out);
        }
        out
    }
    /// The columns named, in that order.
    pub fn select(&self, columns: &[usize]) -> Self {
        let data = columns.iter().flat_map(|&j| self.col(j).iter().copied()).collect();
        Self { rows: self.rows, cols: columns.len(), data }
    }
}

pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Four lanes: fixed order, so the same bytes everywhere, and the compiler can use SIMD.
    let mut s = [0.0f64; 4];
    let (ca, cb) = (a.chunks_exact(4), b.chunks_exact(4));
    let tail: f64 = ca.remainder().iter().zip(cb.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in ca.zip(cb) {
        for l in 0..4 {
            s[l] += x[l] * y[l];
        }
    }
    (s[0] + s[1]) + (s[2] + s[3]) + tail
}

/// y += w · x.
pub fn axpy(w: f64, x: &[f64], y: &mut [f64]) {
    for (b, a) in y.iter_mut().zip(x) {
        *b += w * a;
    }
}

/// Lower Cholesky factor of a symmetric matrix; `None` when it is not positive definite.
pub fn cholesky(a: &Matrix) -> Option<Matrix> {
    let n = a.rows;
    let mut l = Matrix::zeros(n, n);
    for j in 0..n {
        let mut d = a.get(j, j);
        for k in 0..j {
            d -= l.get(j, k).powi(2);
        }
        if d.is_nan() || d <= 0.0 || d.is_infinite() {
            return None;
        }
        let root = d.sqrt();
        l.set(j, j, root);
        for i in j + 1..n {
            let mut v = a.get(i, j);
            for k in 0..j {
                v -= l.get(i, k) * l.get(j, k);
            }
            l.set(i, j, v / root);
        }
    }
    Some(l)
}

/// Solves L Lᵀ x = b.
pub fn cholesky_solve(l: &Matrix, b: &[f64]) -> Vec<f64> {
    let n = l.rows;
    let mut x = b.to_vec();
    for i in 0..n {
        for k in 0..i {
            x[i] -= l.get(i, k) * x[k];
        }
        x[i] /= l.get(i, i);
    }
    for i in (0..n).rev() {
        for k in i + 1..n {
            x[i] -= l.get(k, i) * x[k];
        }
        x[i] /= l.get(i, i);
    }
    x
}

/// Inverse of a symmetric positive definite matrix; `None` when it is not one.
pub fn inverse_spd(a: &Matrix) -> Option<Matrix> {
    let l = cholesky(a)?;
    let n = a.rows;
    let mut out = Matrix::zeros(n, n);
    for j in 0..n {
        let mut e = vec![0.0; n];
        e[j] = 1.0;
        out.col_mut(j).copy_from_slice(&cholesky_solve(&l, &e));
    }
    for j in 0..n {
        for i in 0..j {
            let v = 0.5 * (out.get(i, j) + out.get(j, i));
            out.set(i, j, v);
            out.set(j, i, v);
        }
    }
    Some(out)
}

/// Upper triangular R of a tall matrix's QR factorisation, by Householder reflections over blocks of rows (TSQR), so that a million rows
/// pass through the cache once. `fetch(start, end, block)` fills rows `start..end` of the matrix, column-major, into `block`. RᵀR = AᵀA, but
/// with the accuracy of QR. Row signs are chosen so that the diagonal is not negative.
pub fn tall_r(rows: usize, cols: usize, mut fetch: impl FnMut(usize, usize, &mut Matrix)) -> Matrix {
    const BLOCK: usize = 1024;
    let mut r = Matrix::zeros(cols, cols);
    let mut start = 0;
    while start < rows {
        let end = (start + BLOCK).min(rows);
        let mut block = Matrix::zeros(end - start, cols);
        fetch(start, end, &mut block);
        let mut stacked = Matrix::zeros(cols + end - start, cols);
        for j in 0..cols {
            stacked.col_mut(j)[..cols].copy_from_slice(r.col(j));
            stacked.col_mut(j)[cols..].copy_from_slice(block.col(j));
        }
        r = householder_r(stacked);
        start = end;
    }
    for i in 0..cols {
        if r.get(i, i) < 0.0 {
            for j in i..cols {
                r.set(i, j, -r.get(i, j));
            }
        }
    }
    r
}

/// R (cols × cols) of a matrix with at least as many rows as columns; consumes it.
pub fn householder_r(mut a: Matrix) -> Matrix {
    let (m, n) = (a.rows, a.cols);
    for k in 0..n.min(m) {
        let norm = dot(&a.col(k)[k..], &a.col(k)[k..]).sqrt();
        if norm == 0.0 {
            continue;
        }
        let alpha = if a.get(k, k) > 0.0 { -norm } else { norm };
        let mut v = a.col(k)[k..].to_vec();
        v[0] -= alpha;
        let vv = dot(&v, &v);
        if vv == 0.0 {
            continue;
        }
        for j in k..n {
            let column = &mut a.col_mut(j)[k..];
            let f = 2.0 * dot(&v, column) / vv;
            axpy(-f, &v, column);
        }
        a.set(k, k, alpha);
    }
    let mut r = Matrix::zeros(n, n);
    for j in 0..n {
        for i in 0..=j.min(m.saturating_sub(1)) {
            r.set(i, j, a.get(i, j));
        }
    }
    r
}

/// QR with column pivoting: R, the column order, and the numerical rank at `tolerance` relative to the largest diagonal.
pub fn pivoted_r(mut a: Matrix, tolerance: f64) -> (Matrix, Vec<usize>, usize) {
    let n = a.cols;
    let mut order: Vec<usize> = (0..n).collect();
    let mut rank = 0;
    let mut largest = 0.0f64;
    for k in 0..n.min(a.rows) {
        let norm = |a: &Matrix, j: usize| dot(&a.col(j)[k..], &a.col(j)[k..]).sqrt();
        let best = (k..n).max_by(|&x, &y| norm(&a, x).total_cmp(&norm(&a, y)).then(y.cmp(&x))).unwrap_or(k);
        if best != k {
            order.swap(k, best);
            for i in 0..a.rows {
                let (x, y) = (a.get(i, k), a.get(i, best));
                a.set(i, k, y);
                a.set(i, best, x);
            }
        }
        let length = norm(&a, k);
        largest = largest.max(length);
        if length <= tolerance * largest || length == 0.0 {
            break;
        }
        rank += 1;
        let alpha = if a.get(k, k) > 0.0 { -length } else { length };
        let mut v = a.col(k)[k..].to_vec();
        v[0] -= alpha;
        let vv = dot(&v, &v);
        for j in k..n {
            let column = &mut a.col_mut(j)[k..];
            let f = 2.0 * dot(&v, column) / vv;
            axpy(-f, &v, column);
        }
    }
    let mut r = Matrix::zeros(n, n);
    for j in 0..n {
        for i in 0..=j.min(a.rows.saturating_sub(1)) {
            r.set(i, j, a.get(i, j));
        }
    }
    (r, order, rank)
}

/// Solves R x = b for upper triangular R; zero diagonals give infinities, as division does.
pub fn solve_upper(r: &Matrix, b: &[f64]) -> Vec<f64> {
    let n = r.cols;
    let mut x = b[..n].to_vec();
    for i in (0..n).rev() {
        for j in i + 1..n {
            x[i] -= r.get(i, j) * x[j];
        }
        x[i] /= r.get(i, i);
    }
    x
}

/// Solves Rᵀ x = b for upper triangular R, in place.
pub fn solve_upper_transposed(r: &Matrix, x: &mut [f64]) {
    for i in 0..r.cols {
        let column = r.col(i);
        let s = dot(&column[..i], &x[..i]);
        x[i] = (x[i] - s) / column[i];
    }
}

/// Inverse of an upper triangular matrix.
pub fn inverse_upper(r: &Matrix) -> Matrix {
    let n = r.cols;
    let mut out = Matrix::zeros(n, n);
    for j in 0..n {
        let mut e = vec![0.0; n];
        e[j] = 1.0;
        out.col_mut(j).copy_from_slice(&solve_upper(r, &e));
    }
    out
}

/// Positions of the columns that earlier ones do not explain, in order: column j is kept when the part of it orthogonal to the kept
/// columns before it is longer than `tolerance` times its length. `r` is the R of the matrix (or the matrix itself).
pub fn independent_columns(r: &Matrix, tolerance: f64) -> Vec<usize> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let mut kept = Vec::new();
    for j in 0..r.cols {
        let mut v = r.col(j).to_vec();
        let length = dot(&v, &v).sqrt();
        // Twice is enough (Kahan).
        for _ in 0..2 {
            for b in &basis {
                let f = dot(b, &v);
                axpy(-f, b, &mut v);
            }
        }
        let rest = dot(&v, &v).sqrt();
        if length > 0.0 && rest > tolerance * length {
            v.iter_mut().for_each(|x| *x /= rest);
            basis.push(v);
            kept.push(j);
        }
    }
    kept
}

/// Eigenvalues (descending) and orthonormal eigenvectors (columns) of a symmetric matrix: cyclic Jacobi.
pub fn eigen_symmetric(a: &Matrix) -> (Vec<f64>, Matrix) {
    let n = a.rows;
    let mut a = a.clone();
    let mut v = Matrix::identity(n);
    for _ in 0..100 {
        let mut off = 0.0;
        let mut diagonal = 0.0;
        for j in 0..n {
            diagonal += a.get(j, j).powi(2);
            for i in 0..j {
                off += a.get(i, j).powi(2);
            }
        }
        if off.sqrt() <= JACOBI * diagonal.sqrt() || off == 0.0 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                let apq = a.get(p, q);
                if apq == 0.0 {
                    continue;
                }
                let theta = (a.get(q, q) - a.get(p, p)) / (2.0 * apq);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let t = if theta == 0.0 { 1.0 } else { t };
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for k in 0..n {
                    let (x, y) = (a.get(k, p), a.get(k, q));
                    a.set(k, p, c * x - s * y);
                    a.set(k, q, s * x + c * y);
                }
                for k in 0..n {
                    let (x, y) = (a.get(p, k), a.get(q, k));
                    a.set(p, k, c * x - s * y);
                    a.set(q, k, s * x + c * y);
                }
                for k in 0..n {
                    let (x, y) = (v.get(k, p), v.get(k, q));
                    v.set(k, p, c * x - s * y);
                    v.set(k, q, s * x + c * y);
                }
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.order_by(|&i, &j| a.get(j, j).total_cmp(&a.get(i, i)).then(i.cmp(&j)));
    (order.iter().map(|&i| a.get(i, i)).collect(), v.select(&order))
}

/// Singular values, descending, by one-sided Jacobi (relative accuracy even for badly scaled columns).
pub fn singular_values(a: &Matrix) -> Vec<f64> {
    let mut a = if a.rows > a.cols { householder_r(a.clone()) } else { a.clone() };
    let n = a.cols;
    for _ in 0..100 {
        let mut rotated = false;
        for p in 0..n {
            for q in p + 1..n {
                let (alpha, beta, gamma) = (dot(a.col(p), a.col(p)), dot(a.col(q), a.col(q)), dot(a.col(p), a.col(q)));
                if gamma.abs() <= 1e-15 * (alpha * beta).sqrt() {
                    continue;
                }
                rotated = true;
                let zeta = (beta - alpha) / (2.0 * gamma);
                let t = if zeta == 0.0 { 1.0 } else { zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt()) };
                let c = 1.0 / (1.0 + t * t).sqrt();
                let s = c * t;
                for k in 0..a.rows {
                    let (x, y) = (a.get(k, p), a.get(k, q));
                    a.set(k, p, c * x - s * y);
                    a.set(k, q, s * x + c * y);
                }
            }
        }
        if !rotated {
            break;
        }
    }
    let mut s: Vec<f64> = (0..n).map(|j| dot(a.col(j), a.col(j)).sqrt()).collect();
    s.order_by(|x, y| y.total_cmp(x));
    s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::rng::Rng;

    fn random(rows: usize, cols: usize, seed: u64) -> Matrix {
        let mut r = Rng::new(seed);
        Matrix { rows, cols, data: (0..rows * cols).map(|_| r.normal()).collect() }
    }

    fn assert_close(a: &Matrix, b: &Matrix) {
        for (x, y) in a.data.iter().zip(&b.data) {
            assert!((x - y).abs() < 1e-10, "{x} is not {y}");
        }
    }

    #[test]
    fn factors_multiply_back() {
        let x = random(40, 6, 3);
        let gram = x.transpose().times(&x);
        let l = cholesky(&gram).unwrap();
        assert_close(&l.times(&l.transpose()), &gram);
        let inverse = inverse_spd(&gram).unwrap();
        assert_close(&inverse.times(&gram), &Matrix::identity(6));
        let r = tall_r(3000, 6, |s, e, m| {
            for j in 0..6 {
                for i in s..e {
                    m.set(i - s, j, x.get(i % 40, j));
                }
            }
        });
        let mut times75 = gram.clone();
        times75.data.iter_mut().for_each(|v| *v *= 75.0);
        assert_close(&r.transpose().times(&r), &times75);
        assert_close(&inverse_upper(&r).times(&r), &Matrix::identity(6));
    }

    #[test]
    fn eigenvectors_diagonalise_and_singular_values_are_their_roots() {
        let x = random(30, 5, 9);
        let gram = x.transpose().times(&x);
        let (values, vectors) = eigen_symmetric(&gram);
        let back = vectors.transpose().times(&gram).times(&vectors);
        for (i, v) in values.iter().enumerate() {
            assert!((back.get(i, i) - v).abs() < 1e-9);
        }
        for (s, v) in singular_values(&x).iter().zip(&values) {
            assert!((s * s - v).abs() < 1e-9 * v);
        }
    }

    #[test]
    fn the_later_of_two_collinear_columns_goes() {
        let mut x = random(50, 4, 5);
        let sum: Vec<f64> = x.col(0).iter().zip(x.col(1)).map(|(a, b)| a + 2.0 * b).collect();
        x.col_mut(2).copy_from_slice(&sum);
        assert_eq!(independent_columns(&x, 1e-9), [0, 1, 3]);
        assert_eq!(independent_columns(&householder_r(x.clone()), 1e-9), [0, 1, 3]);
        assert_eq!(pivoted_r(x, 1e-9).2, 3);
    }

    #[test]
    fn an_indefinite_matrix_has_no_factor() {
        assert!(cholesky(&Matrix { rows: 2, cols: 2, data: vec![1.0, 2.0, 2.0, 1.0] }).is_none());
    }
}
