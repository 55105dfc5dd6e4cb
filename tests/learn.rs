//! What is learnt from a corpus: junk that recurs, and nothing that an article says.

use std::sync::LazyLock;

use deboil::learn::{Evidence, Form, Observer, Origin, Proposal, Survey, appended, write};
use deboil::rule::Confidence;
use deboil::{Document, Mode, Options, Ruleset, Span, clean, prove};

/// Whose texts they are.
const SOURCE: &str = "port-times";

/// What an article is about, to make many of one pattern that have no sentence in common.
const TOPICS: [&str; 8] = ["ferry", "bakery", "tram", "orchestra", "lighthouse", "market", "library", "orchard"];

const VERBS: [&str; 8] = ["sank", "closed", "burned", "sang", "leaned", "flooded", "moved", "bloomed"];

/// An article about one of the topics, with two paragraphs.
fn article(number: usize) -> (String, String) {
    let (topic, verb) = (TOPICS[number % 8], VERBS[number % 8]);
    let day = ["Monday", "Tuesday", "Friday"][number % 3];
    (
        format!("Why the {topic} of the northern town {verb} {number} times"),
        format!(
            "The {topic} {verb} on {day} before anybody could say a word, {number} witnesses told the coroner.\n\n\
             Nobody had seen a {topic} that {verb} since the spring of 19{number:02}, the keeper of the {topic} said.\n"
        ),
    )
}

/// Texts of one source: articles between what the source puts around them.
fn corpus(count: usize, page: impl Fn(usize, &str, &str) -> String) -> Vec<String> {
    (0..count)
        .map(|number| {
            let (title, text) = article(number);
            page(number, &title, &text)
        })
        .collect()
}

fn evidence(texts: &[String], mode: Mode) -> Evidence {
    let survey = Survey::default();
    texts.iter().for_each(|text| survey.add(SOURCE, text.as_bytes()));
    let observer = Observer::of(survey, mode);
    let mut evidence = observer.evidence().remove(SOURCE).unwrap();
    for (number, text) in texts.iter().enumerate() {
        let outside = if mode == Mode::FullPage { outside(text) } else { Vec::new() };
        evidence.add(&format!("{number}.txt"), observer.observe(SOURCE, text.as_bytes(), &[], &outside));
    }
    evidence
}

/// What the bundled rules delete of a whole page.
fn outside(text: &str) -> Vec<Span> {
    static RULES: LazyLock<Ruleset> = LazyLock::new(Ruleset::bundled);
    let options = Options { mode: Mode::FullPage, ..Options::default() };
    let cleaned = clean(&RULES, &Document::new(text.as_bytes()), &options);
    cleaned.removals.into_iter().map(|removal| removal.span).collect()
}

fn learnt(texts: &[String]) -> Vec<Proposal> {
    evidence(texts, Mode::Extracted).proposals()
}

/// The texts that some proposals delete or look for, of high confidence or of low.
fn texts_of(proposals: &[Proposal], confidence: Confidence) -> Vec<String> {
    let of = |form: &Form| match form {
        Form::Pattern(item) => vec![item.text.clone()],
        form => form.items().iter().map(|item| item.text.clone()).collect(),
    };
    proposals
        .iter()
        .filter(|proposal| proposal.confidence == confidence)
        .flat_map(|proposal| of(&proposal.form))
        .collect()
}

fn origin(texts: u64) -> Origin<'static> {
    Origin { id: SOURCE, hosts: &["porttimes.example"], texts, ..Origin::default() }
}

fn rules(text: &str) -> Ruleset {
    let rules = Ruleset::builder().bundled(false).text("learnt.toml", text).build();
    rules.unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

#[test]
fn what_stands_around_each_article_is_learnt_and_nothing_else() {
    let texts = corpus(6, |number, title, text| {
        format!(
            "The Port Times\n\n{title}\n\n{text}\nGet the Port Letter every Friday\n{} readers liked this\n",
            number + 3
        )
    });
    let sure = texts_of(&learnt(&texts), Confidence::High);
    assert_eq!(sure.len(), 3, "{sure:?}");
    for wanted in ["The Port Times", "Get the Port Letter every Friday", r"(?i)\d+(?:[.,:]\d+)* readers liked this"] {
        assert!(sure.contains(&wanted.to_owned()), "{wanted}: {sure:?}");
    }
    let file = write(&origin(6), &learnt(&texts));
    let rules = rules(&file);
    prove::own_packs(&rules).unwrap_or_else(|errors| panic!("{errors}\n{file}"));
    for (number, text) in texts.iter().enumerate() {
        let document = Document { source: Some(SOURCE), ..Document::new(text.as_bytes()) };
        let cleaned = clean(&rules, &document, &Options::default());
        let (title, article) = article(number);
        assert_eq!(String::from_utf8_lossy(&cleaned.text), format!("{title}\n\n{article}"));
        assert!(clean(&rules, &Document { text: &cleaned.text, ..document }, &Options::default()).removals.is_empty());
    }
}

#[test]
fn two_texts_are_enough() {
    let texts = corpus(2, |_, title, text| format!("{title}\n\n{text}\nMore on the harbour page\n"));
    assert_eq!(texts_of(&learnt(&texts), Confidence::High), ["More on the harbour page"]);
}

#[test]
fn one_event_told_often_is_no_junk() {
    let texts = corpus(10, |number, title, text| {
        let event = if number < 4 {
            "The storm of last winter took the outer half of the pier and nine boats with it.\n\n"
        } else {
            ""
        };
        format!("{title}\n\n{event}{text}")
    });
    assert_eq!(learnt(&texts), []);
}

#[test]
fn headings_refrains_and_code_are_no_junk() {
    let texts = corpus(10, |number, title, text| {
        let heading = if number % 2 == 0 { "What happens now" } else { "Background" };
        let (first, second) = text.split_once("\n\n").unwrap();
        format!(
            "{title}\n\n{first}\n\n{heading}\n\n{second}\n```\nimport harbour\n```\nlet boats = open();\n\n{second}"
        )
    });
    assert_eq!(texts_of(&learnt(&texts), Confidence::High), [""; 0]);
    let refrain = vec!["Row the boat ashore\nRow the boat ashore\nRow the boat ashore\n".to_owned(), article(1).1];
    assert_eq!(learnt(&refrain), []);
}

#[test]
fn who_wrote_it_and_what_leads_to_a_list_is_not_learnt() {
    let texts = corpus(10, |number, title, text| {
        let sources = if number % 3 == 0 { "\nWhere I have this from:\n" } else { "" };
        format!("{title}\n\nBy Nina Holt\n\n{text}{sources}")
    });
    assert_eq!(learnt(&texts), []);
}

#[test]
fn a_sentence_glued_into_paragraphs_is_learnt_as_a_phrase() {
    let texts = corpus(6, |_, title, text| format!("{title}\n\n{} Follow us on Squawk for more!\n", text.trim_end()));
    let proposals = learnt(&texts);
    assert_eq!(texts_of(&proposals, Confidence::High), ["Follow us on Squawk for more!"]);
    assert!(matches!(proposals[0].form, Form::Phrases(_)));
}

#[test]
fn a_rule_is_not_lost_to_a_line_of_an_article_that_holds_its_junk() {
    let glued = "Invalid address for the letter of the port.";
    let texts = corpus(6, |_, title, text| format!("{title}\n\n{glued} {text}"));
    let file = write(&origin(6), &learnt(&texts));
    assert!(file.contains(&format!("any = [\n  \"{glued}\"")), "{file}");
}

#[test]
fn titles_of_other_texts_inside_an_article_are_related_headlines() {
    let texts = corpus(6, |number, title, text| {
        let (first, second) = text.split_once("\n\n").unwrap();
        let other = if number == 2 { format!("{}\n\n", article(5).0) } else { String::new() };
        format!("{title}\n\n{first}\n\n{other}{second}")
    });
    assert_eq!(texts_of(&learnt(&texts), Confidence::High), [article(5).0]);
}

#[test]
fn the_title_of_a_text_that_others_promote_stays() {
    for masthead in ["", "The Port Times\n", "The Port Times\nThe northern town\n"] {
        let texts = corpus(6, |number, title, text| {
            format!("{masthead}{title}\n\n{text}\nRead this, too\n{}\n", article((number + 2) % 6).0)
        });
        let file = write(&origin(6), &learnt(&texts));
        let rules = rules(&file);
        for (number, text) in texts.iter().enumerate() {
            let document = Document { source: Some(SOURCE), ..Document::new(text.as_bytes()) };
            let options = Options { aggressive: true, ..Options::default() };
            let (title, article) = article(number);
            let left = clean(&rules, &document, &options).text;
            assert_eq!(String::from_utf8_lossy(&left), format!("{title}\n\n{article}"), "{file}");
        }
    }
}

#[test]
fn an_article_that_was_scraped_twice_stays_whole() {
    let mut texts = corpus(6, |_, title, text| {
        format!(
            "The Port Times\n\n{title}\n\n{}\n",
            text.replace("\n\n", "\n\nWhat nobody expected to happen here\n\n")
        )
    });
    for copy in [texts[0].clone(), texts[0].replace(" the keeper", " a keeper"), format!("{}Mended twice.\n", texts[0])]
    {
        texts[5] = copy;
        assert_eq!(texts_of(&learnt(&texts), Confidence::High), ["The Port Times"]);
    }
}

#[test]
fn an_article_that_was_scraped_again_and_again_keeps_its_title() {
    let mut texts = corpus(60, |_, title, text| format!("The Port Times\n\n{title}\n\n{text}\n"));
    let title = "What the mayor keeps in the old customs house";
    for (number, text) in texts.iter_mut().take(6).enumerate() {
        *text = format!("The Port Times\n\n{title}\n\n{}\n", article(number).1);
    }
    assert_eq!(texts_of(&learnt(&texts), Confidence::High), ["The Port Times"]);
}

#[test]
fn a_line_above_lists_of_other_stories_cuts_them_off() {
    let texts = corpus(6, |number, title, text| {
        let topic = TOPICS[number];
        format!(
            "{title}\n\n{text}\nMore from the harbour\nGulls leave the {topic}\nNew {topic} sold\nWho owns the {topic}\n"
        )
    });
    let proposals = learnt(&texts);
    assert!(
        proposals
            .iter()
            .any(|proposal| matches!(&proposal.form, Form::Cut(items) if items[0].text == "More from the harbour"))
    );
}

/// A whole page: a menu, an article, comments, a footer.
fn page(number: usize, title: &str, text: &str) -> String {
    let comments: String = (1..=3)
        .map(|comment| format!("{comment}. posted by: gull{number}{comment} at 9:0{comment}\n\nI knew the {comment} keeper of the {number} lamps myself, and he would have wept to read this today.\n\n"))
        .collect();
    let author = TOPICS[number % 8];
    let long = format!("{text}\n{}\n", text.replace("The ", "One more "));
    format!(
        "{title} - The Port Times\n\nHome\nHarbour\nWeather\nPrint this page\n\n{title}\n\nBy {author} Holt\n\n{long}\nWhat readers say\n\n{comments}About us\nRights\n"
    )
}

#[test]
fn on_whole_pages_the_frame_of_the_article_is_learnt() {
    let texts = corpus(6, page);
    let proposals = evidence(&texts, Mode::FullPage).proposals();
    let Form::Article { after, before, title } = &proposals[0].form else { panic!("{proposals:?}") };
    assert!(after.iter().any(|marker| marker.item.text == "Print this page"), "{after:?}");
    assert!(before.iter().any(|marker| marker.item.text == r"(?i)\d+(?:[.,:]\d+)*\. posted by:.*"), "{before:?}");
    assert!(title);
}

#[test]
fn the_learnt_frame_keeps_title_and_article_of_a_new_page() {
    let texts = corpus(8, page);
    let file = write(&origin(6), &evidence(&texts[..6], Mode::FullPage).proposals());
    let rules =
        Ruleset::builder().text("learnt.toml", &file).build().unwrap_or_else(|errors| panic!("{errors}\n{file}"));
    let document = Document { source: Some(SOURCE), ..Document::new(texts[7].as_bytes()) };
    let options = Options { mode: Mode::FullPage, ..Options::default() };
    let left = clean(&rules, &document, &options).text;
    let again = clean(&rules, &Document { text: &left, ..document }, &options);
    assert!(again.removals.is_empty(), "{:?}", again.removals);
    let left = String::from_utf8_lossy(&left);
    let (title, text) = article(7);
    assert!(left.starts_with(&format!("{title}\n\nBy orchard Holt\n\n{text}")), "{left}");
    for junk in ["posted by", "myself", "Print this page", "About us"] {
        assert!(!left.contains(junk), "{junk}: {left}");
    }
}

#[test]
fn what_is_added_to_a_file_has_ids_of_its_own() {
    let texts = corpus(6, |_, title, text| format!("{title}\n\n{text}\nGet the Port Letter every Friday\n"));
    let proposals = learnt(&texts);
    let first = write(&origin(6), &proposals);
    let more = appended(&origin(6), &proposals, |id| first.contains(&format!("\"{id}\"")));
    let both = rules(&format!("{first}{}", more.replace("every Friday", "every Sunday")));
    assert_eq!(both.len(), 2 * rules(&first).len());
}
