//! The weights of the features, in their order. Written by `benches/quality/fit.py`.

/// The weight of no feature.
const BIAS: f64 = 0.6149;

const WEIGHTS: &[f64] = &[
    0.1356,  // log words
    -0.4843, // at most 3 words
    -0.2312, // at least 8 words
    0.1438,  // at least 15 words
    0.4337,  // at least 30 words
    0.1118,  // sentences, at most 3
    -0.0338, // a sentence ends inside
    1.8305,  // commas per word
    1.1420,  // terminal
    -1.2829, // function words
    0.0749,  // capitals
    -0.6037, // numbers
    -0.9054, // starts low
    -0.9375, // all capitals
    -1.0344, // bar
    1.2255,  // colon
    -0.1067, // question
    -0.3202, // date
    -1.0702, // address
    -1.4020, // repeated
    0.0695,  // quote
    -1.7917, // ellipsis
    0.6297,  // bullet
    0.1698,  // parenthesis
    1.2255,  // likeness to the title
    -0.1915, // gap above
    0.0869,  // gap below
    -0.2207, // first line
    4.8111,  // prose
    0.1260,  // previous: log words
    -0.0747, // previous: terminal
    -0.5606, // previous: function words
    -0.5582, // previous: capitals
    0.0447,  // previous: prose
    0.1579,  // next: log words
    0.0897,  // next: terminal
    -0.3742, // next: function words
    -0.5247, // next: capitals
    -0.0140, // next: prose
    0.1013,  // prose above
    0.2023,  // prose below
    -0.3808, // prose on both sides
    -0.2786, // short lines above
    -0.2022, // short lines below
    0.9020,  // share of prose above
    2.4690,  // share of prose below
    -0.6157, // prose of the page
    -2.9701, // is cue: end
    -2.5871, // is cue: share
    -2.0054, // is cue: sign-up
    -3.5695, // is cue: legal
    -1.8610, // is cue: menu
    0.0362,  // is cue: byline
    -0.9830, // cues above: end
    -0.6433, // cues above: share
    -0.8013, // cues above: sign-up
    -1.7700, // cues above: legal
    -0.7074, // cues above: menu
    -0.2988, // cues below: end
    -0.2150, // cues below: share
    -0.7674, // cues below: sign-up
    -1.1739, // cues below: legal
    -0.4631, // cues below: menu
    -1.3506, // ends above
    -0.9143, // ended
    0.2801,  // ended in the page's second half
    0.2915,  // prose since the end
    0.9982,  // side of the title
    -0.6331, // lines from the title
    -1.9110, // is the title
    0.3777,  // prose since the title
    -1.1068, // prose, ended
    1.8167,  // prose, ended late
    -0.1864, // prose, prose since the end
    0.1461,  // prose, side of the title
    0.2468,  // prose, prose above
    0.1158,  // prose, prose below
    -5.3451, // prose, share above
    -5.2760, // prose, share below
    -0.2603, // prose, prose since the title
    0.1918,  // prose, short lines above
    0.1153,  // prose, short lines below
    0.0584,  // prose, function words
    1.2902,  // prose, ends above
    0.6376,  // prose, menus above
    0.1532,  // at least 30 words, ended
    -0.2687, // at least 15 words, side of the title
    -0.8416, // terminal, capitals
    0.1766,  // terminal, prose above
    0.1682,  // terminal, prose below
    0.1388,  // fragment, capitals
    -0.0949, // fragment, prose above
    -0.0017, // fragment, prose below
    0.4002,  // fragment, prose on both sides
    0.0507,  // fragment, prose since the title
    0.2722,  // fragment, short lines above
    0.1752,  // fragment, short lines below
    -0.1233, // fragment, short lines on both sides
    0.2382,  // fragment, middle of the page
    -0.1186, // ended, prose above
    1.8676,  // ended, share below
    -0.2289, // ended late, prose below
    5.4575,  // middle of the page
    -0.5959, // capitals, log words
];

/// How much a line looks like one of the article: log odds.
pub(super) fn score(features: &[f64]) -> f64 {
    BIAS + WEIGHTS.iter().zip(features).map(|(weight, feature)| weight * feature).sum::<f64>()
}
