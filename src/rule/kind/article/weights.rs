//! The weights of the features, in their order. Written by `benches/quality/fit.py`.

/// The weight of no feature.
const BIAS: f64 = 0.0431;

const WEIGHTS: &[f64] = &[
    0.1217,  // log words
    -0.4613, // at most 3 words
    -0.2606, // at least 8 words
    0.1594,  // at least 15 words
    0.4279,  // at least 30 words
    0.1190,  // sentences, at most 3
    -0.0149, // a sentence ends inside
    2.0970,  // commas per word
    1.6056,  // terminal
    -1.2179, // function words
    0.0431,  // capitals
    -0.4516, // numbers
    -0.8751, // starts low
    -0.8944, // all capitals
    -0.9937, // bar
    1.2263,  // colon
    -0.0855, // question
    -0.3509, // date
    -1.0373, // address
    -1.4503, // repeated
    -0.0308, // quote
    -1.8607, // ellipsis
    0.3553,  // bullet
    0.1999,  // parenthesis
    1.2429,  // likeness to the title
    -0.1765, // gap above
    0.1386,  // gap below
    -0.1171, // first line
    4.4930,  // prose
    0.1324,  // previous: log words
    -0.0493, // previous: terminal
    -0.6333, // previous: function words
    -0.5958, // previous: capitals
    0.0399,  // previous: prose
    0.1620,  // next: log words
    0.0677,  // next: terminal
    -0.3356, // next: function words
    -0.5661, // next: capitals
    -0.0071, // next: prose
    0.0281,  // prose above
    0.1838,  // prose below
    -0.3582, // prose on both sides
    -0.3056, // short lines above
    -0.2097, // short lines below
    1.2644,  // share of prose above
    2.8303,  // share of prose below
    -0.5676, // prose of the page
    -2.5978, // is cue: end
    -2.5856, // is cue: share
    -1.2680, // is cue: sign-up
    -2.5110, // is cue: legal
    -1.7855, // is cue: menu
    0.0093,  // is cue: byline
    -0.5028, // cues above: end
    -0.7411, // cues above: share
    -0.6140, // cues above: sign-up
    -1.3185, // cues above: legal
    -0.6200, // cues above: menu
    -0.2239, // cues below: end
    -0.1433, // cues below: share
    -0.5624, // cues below: sign-up
    -1.0859, // cues below: legal
    -0.4403, // cues below: menu
    -0.8506, // ends above
    -3.1900, // ended
    1.2691,  // ended in the page's second half
    0.2126,  // prose since the end
    1.0459,  // side of the title
    -0.7270, // lines from the title
    -2.0603, // is the title
    0.3693,  // prose since the title
    -0.2979, // prose, ended
    0.5704,  // prose, ended late
    -0.0502, // prose, prose since the end
    0.1424,  // prose, side of the title
    0.3589,  // prose, prose above
    0.1244,  // prose, prose below
    -5.2623, // prose, share above
    -5.4095, // prose, share below
    -0.3339, // prose, prose since the title
    0.2989,  // prose, short lines above
    0.1469,  // prose, short lines below
    -0.2491, // prose, function words
    0.8528,  // prose, ends above
    0.4532,  // prose, menus above
    -0.0887, // at least 30 words, ended
    -0.2314, // at least 15 words, side of the title
    -1.0079, // terminal, capitals
    0.1829,  // terminal, prose above
    0.1554,  // terminal, prose below
    0.1288,  // fragment, capitals
    -0.1748, // fragment, prose above
    -0.0044, // fragment, prose below
    0.3835,  // fragment, prose on both sides
    0.1688,  // fragment, prose since the title
    0.2920,  // fragment, short lines above
    0.1847,  // fragment, short lines below
    -0.1240, // fragment, short lines on both sides
    0.3827,  // fragment, middle of the page
    0.1489,  // ended, prose above
    2.9588,  // ended, share below
    -0.2842, // ended late, prose below
    5.8415,  // middle of the page
    -0.5643, // capitals, log words
];

/// How much a line looks like one of the article: log odds.
pub(super) fn score(features: &[f64]) -> f64 {
    BIAS + WEIGHTS.iter().zip(features).map(|(weight, feature)| weight * feature).sum::<f64>()
}
