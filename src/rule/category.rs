//! The kinds of junk.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::words::Word;

/// Defines the categories, their names and their meanings in one table.
macro_rules! categories {
    ($($name:ident $text:literal $meaning:literal,)*) => {
        /// A kind of junk.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum Category {
            $(#[doc = $meaning] $name,)*
        }

        impl Category {
            /// All of them, in the order of the manual.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name in rule files and on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// What it stands for.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $meaning,)*
                }
            }
        }

        impl Word for Category {
            const WORDS: &'static [(&'static str, Self)] = &[$(($text, Self::$name),)*];

            fn meaning(self) -> Option<&'static str> {
                Some(Self::meaning(self))
            }
        }
    };
}

categories! {
    Ad "ad" "advertisements, their labels, and notes to those who block them",
    Consent "consent" "cookie banners and privacy choices",
    Signup "signup" "invitations to newsletters, alerts and apps, with their forms",
    Paywall "paywall" "metering, registration and subscription walls",
    Share "share" "share bars and calls to follow",
    Comment "comment" "comment forms and their counters",
    Related "related" "headlines of and links to other articles",
    Navigation "navigation" "menus, breadcrumbs, skip links, search boxes",
    Masthead "masthead" "a publication's name and motto",
    Footer "footer" "what stands at the end of each page of a site",
    Plugin "plugin" "what software adds: plugin credits, notes that need JavaScript",
    Legal "legal" "copyright, terms, disclaimers",
    Caption "caption" "texts of pictures and videos",
    Credit "credit" "who made a picture or video",
    Byline "byline" "who wrote, contributed or edited",
    Timestamp "timestamp" "when it was published or changed, and how long it takes to read",
    Section "section" "the name of the section or a kicker above the title",
    Pullquote "pullquote" "a sentence of the article, set apart as a quote",
    Duplicate "duplicate" "text that the document holds twice",
    Archive "archive" "what an archive of pages adds",
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Category {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|category| category.name() == text);
        found.ok_or_else(|| format!("unknown category `{text}`"))
    }
}

/// A set of categories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Categories(u32);

impl Categories {
    /// Whether a category is in it.
    pub fn contains(self, category: Category) -> bool {
        self.0 & (1 << category as u8) != 0
    }

    /// What is in one of the two.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All that are not in it.
    #[must_use]
    pub fn complement(self) -> Self {
        Category::ALL.iter().copied().filter(|&category| !self.contains(category)).collect()
    }
}

impl FromIterator<Category> for Categories {
    fn from_iter<I: IntoIterator<Item = Category>>(categories: I) -> Self {
        Self(categories.into_iter().fold(0, |bits, category| bits | 1 << category as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_to_its_category() {
        for &category in Category::ALL {
            assert_eq!(category.name().parse(), Ok(category));
        }
    }

    #[test]
    fn a_set_and_its_complement_hold_each_category_once() {
        let set: Categories = [Category::Ad, Category::Archive].into_iter().collect();
        for &category in Category::ALL {
            assert_ne!(set.contains(category), set.complement().contains(category));
        }
    }
}
