//! The labelling of all lines that fits best (Viterbi 1967), when going over from one label to the other has a price.

/// What it costs to go over from the article to something else or back, in the unit of the scores (log odds).
const CHANGE: f64 = 1.0;

/// Which lines are of the article, by how much each looks like it: the labelling whose scores of the article's lines,
/// minus the price of its changes, sum up to most.
pub(super) fn best(scores: &[f64]) -> Vec<bool> {
    // The best sum that ends outside of the article and in it, and for each line from where each came.
    let mut sums = [0.0, f64::NEG_INFINITY];
    let mut came = Vec::with_capacity(scores.len());
    for (number, score) in scores.iter().enumerate() {
        let price = if number == 0 { 0.0 } else { CHANGE };
        let outside = sums[0] >= sums[1] - price;
        let inside = sums[1] >= sums[0] - price;
        let left = if outside { sums[0] } else { sums[1] - price };
        let entered = if inside { sums[1] } else { sums[0] - price };
        came.push([!outside, inside]);
        sums = [left, entered + score];
    }
    let mut labels = vec![false; scores.len()];
    let mut label = sums[1] > sums[0];
    for (number, from) in came.iter().enumerate().rev() {
        labels[number] = label;
        label = from[usize::from(label)];
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_line_among_strong_ones_goes_with_them() {
        assert_eq!(best(&[-3.0, 2.0, -0.5, 2.0, -3.0]), [false, true, true, true, false]);
        assert_eq!(best(&[-3.0, 0.5, -3.0, 4.0]), [false, false, false, true]);
        assert_eq!(best(&[3.0, 0.1, -9.0]), [true, true, false]);
        assert!(best(&[]).is_empty());
    }

    #[test]
    fn no_labelling_is_better() {
        let scores = [1.2, -0.7, 0.4, -2.0, 0.9, 0.8, -0.3];
        let worth = |labels: &[bool]| -> f64 {
            let sum: f64 = scores.iter().zip(labels).filter(|(_, label)| **label).map(|(score, _)| score).sum();
            sum - CHANGE * labels.windows(2).filter(|pair| pair[0] != pair[1]).count() as f64
        };
        let all = (0..1_u32 << scores.len()).map(|bits| (0..scores.len()).map(|at| bits >> at & 1 == 1).collect());
        let most = all.map(|labels: Vec<bool>| worth(&labels)).fold(f64::MIN, f64::max);
        assert!((worth(&best(&scores)) - most).abs() < 1e-9);
    }
}
