//! What kind of junk a learnt text is, guessed by its words.

use std::sync::LazyLock;

use regex::RegexSet;

use crate::Category;

use super::evidence::Place;

/// Words that tell a category; of those that match, the first counts.
const WORDS: &[(Category, &str)] = &[
    (Category::Consent, r"\bcookies?\b|\bconsent\b"),
    (
        Category::Legal,
        r"©|\(c\)|\bcopyright\b|\brights? reserved\b|\bprivacy\b|\bterms (?:of|and|&)|\btrademark|\bpolicy\b|\bimpressum\b|\bdatenschutz\b|\bmentions légales\b|\baviso legal\b",
    ),
    (Category::Paywall, r"\bsubscribers? only\b|\bto (?:continue|keep) reading\b|\bpremium\b"),
    (
        Category::Signup,
        r"\bsubscri(?:be|ption)|\bnewsletters?\b|\bsign (?:up|in)\b|\blog ?in\b|\bregister\b|\binbox\b|\babonn|\bsuscr[ií]b|\biscriviti\b|\bassine\b|\banmelden\b",
    ),
    (
        Category::Ad,
        r"\badvert|\bstory continue|\bcontinue reading|\barticle continues|\bsponsored\b|\bpromoted\b|\banzeige\b|\bpublicit|\bpubblicit|\bpublicidad",
    ),
    (
        Category::Comment,
        r"\bcomments?\b|\breply\b|\breplies\b|\bposted by\b|\bkommentare?\b|\bcommentaires?\b|\bcomentarios?\b|\bcommenti\b",
    ),
    (
        Category::Share,
        r"\bshare\b|\bfacebook\b|\btwitter\b|\btweet\b|\bfollow us\b|\be-?mail\b|\bprint\b|\bwhatsapp\b|\blinkedin\b|\breddit\b|\bteilen\b|\bpartager\b|\bcompartir\b|\bcondividi\b",
    ),
    (Category::Credit, r"\bphotos? (?:by|credit|courtesy)|\bphoto(?:graph)?:|\bimage:|\bcredit:|\bgetty\b|\bfoto:"),
    (
        Category::Related,
        r"\bread (?:more|also|next)\b|\balso (?:by|read|see)\b|\brelated\b|\bmore (?:from|on|stories|in)\b|\bmost (?:read|popular|viewed|e-?mailed|shared)\b|\brecommended\b|\bsee also\b|\btrending\b|\blatest\b|\bmehr zum\b|\blire aussi\b|\blea también\b|\bleggi anche\b",
    ),
    (Category::Navigation, r"\bscroll down\b|\bback to top\b|\bskip to\b|\bclick here\b"),
    (Category::Plugin, r"\bpowered by\b|\bplugin\b|\bwordpress\b"),
    (Category::Archive, r"\bcaptures?\b|\bwayback\b"),
    (Category::Timestamp, r"\b(?:updated|published|posted)\b"),
    (Category::Byline, r"^by\b|\bcontributed to this\b|\breporting by\b|\bediting by\b"),
];

/// The category of a case-folded text that stands mostly in one place.
pub(super) fn of(folded: &str, place: Place) -> Category {
    known(folded).unwrap_or(match place {
        Place::Head => Category::Navigation,
        Place::Body => Category::Related,
        Place::Tail => Category::Footer,
    })
}

/// The category that the words of a case-folded text tell, if they tell one.
pub(super) fn known(folded: &str) -> Option<Category> {
    static SET: LazyLock<RegexSet> =
        LazyLock::new(|| RegexSet::new(WORDS.iter().map(|(_, words)| words)).expect("the patterns are valid"));
    SET.matches(folded).iter().next().map(|at| WORDS[at].0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_before_the_place_does() {
        assert_eq!(of("sign up for the port letter", Place::Tail), Category::Signup);
        assert_eq!(of("harbour", Place::Head), Category::Navigation);
        assert_eq!(of("harbour", Place::Tail), Category::Footer);
    }
}
