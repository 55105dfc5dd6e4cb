//! Compiled rules as bytes: as the program holds the bundled ones, and as those of a user are kept for the next run.

use serde::{Deserialize, Serialize};

use super::Pack;
use super::set::{Overridden, Ruleset, Tables};
use crate::bundled;

/// A pack of a set that is kept.
#[derive(Serialize, Deserialize)]
enum Kept<P> {
    /// As the program holds it, by its number there.
    Bundled(usize),
    /// Written by the user, or changed by what the user wrote.
    Own(P),
}

impl Ruleset {
    /// The rules that came with the program.
    ///
    /// # Panics
    ///
    /// Never: what the program holds was packed when it was built.
    pub fn bundled() -> Self {
        let (packs, tables) = postcard::from_bytes(bundled::IMAGE).expect("the build script packed it");
        Self::assembled(packs, tables, Vec::new())
    }

    /// The rules as bytes, as the program holds the bundled ones.
    ///
    /// # Panics
    ///
    /// Never: rules hold nothing that has no form in bytes.
    pub fn packed(&self) -> Vec<u8> {
        postcard::to_allocvec(&(&self.packs, &self.tables)).expect("there is a form for all of it")
    }

    /// The rules as bytes for [`super::set::RulesetBuilder::restore`] of this very program, which holds the bundled ones
    /// anyway. They hold what [`Ruleset::configured`] changed, but not the rules that it switched off: so take them before.
    ///
    /// # Panics
    ///
    /// Never: rules hold nothing that has no form in bytes.
    #[doc(hidden)]
    pub fn saved(&self) -> Vec<u8> {
        let bundled = bundled_packs();
        let kept = |pack| match bundled.iter().position(|other| is_unchanged(pack, other)) {
            Some(number) => Kept::Bundled(number),
            None => Kept::Own(pack),
        };
        let packs: Vec<Kept<&Pack>> = self.packs.iter().map(kept).collect();
        postcard::to_allocvec(&(packs, &self.overridden, &self.tables)).expect("there is a form for all of it")
    }
}

/// The packs that came with the program; the build script, which makes them, has none.
fn bundled_packs() -> Vec<Pack> {
    postcard::take_from_bytes(bundled::IMAGE).map_or_else(|_| Vec::new(), |(packs, _)| packs)
}

/// Whether a pack of a set is all of one that came with the program.
fn is_unchanged(pack: &Pack, bundled: &Pack) -> bool {
    pack.bundled
        && pack.file == bundled.file
        && pack.rules.len() == bundled.rules.len()
        && pack.source.iter().all(|source| source.is_as_packed())
        && pack.rules.iter().all(|rule| rule.is_as_packed())
}

/// Reads what [`Ruleset::saved`] wrote.
pub(super) fn rules(bytes: &'static [u8]) -> postcard::Result<Ruleset> {
    let (kept, overridden, tables): (Vec<Kept<Pack>>, Vec<Overridden>, Tables) = postcard::from_bytes(bytes)?;
    let mut bundled: Vec<Option<Pack>> = bundled_packs().into_iter().map(Some).collect();
    let pack = |kept| match kept {
        Kept::Bundled(number) => bundled.get_mut(number).and_then(Option::take),
        Kept::Own(pack) => Some(pack),
    };
    let packs: Option<Vec<Pack>> = kept.into_iter().map(pack).collect();
    let packs = packs.ok_or(postcard::Error::SerdeDeCustom)?;
    Ok(Ruleset::assembled(packs, tables, overridden))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes the place of a bundled rule, adds to a bundled source, frames an article, and refers to bundled rules.
    const OWN: &str = r#"schema = 1

[source]
id = "bbc"
hosts = ["own.example"]
disable = ["generic.ad-label"]

[[source.signature]]
any = ["The Lantern | all of it"]

[[line]]
id = "generic.ad-label"
category = "ad"
any = ["Lantern oil"]
why = "label of ours"

[[regex]]
id = "bbc.lamp"
category = "ad"
needs = ["generic.page", "source:bbc"]
pattern = '''Lamp (?P<junk>\d+)'''
why = "counter of ours"
modes = ["full-page"]

[[article]]
id = "bbc.page"
category = "navigation"
why = "frame of ours"
modes = ["full-page"]
after = "Top of it"
"#;

    fn built(bundled: bool) -> Ruleset {
        Ruleset::builder().bundled(bundled).text("own.toml", OWN).build().unwrap()
    }

    #[test]
    fn what_was_kept_is_what_was_built() {
        let built = built(true);
        let bytes: &'static [u8] = built.saved().leak();
        let restored = Ruleset::builder().text("own.toml", OWN).restore(bytes).unwrap();
        assert_eq!(built.overridden().len(), 1);
        assert_eq!(restored.overridden(), built.overridden());
        assert_eq!(restored.files(), built.files());
        assert!(restored.packed() == built.packed(), "something in it is another one");
    }

    #[test]
    fn what_the_program_holds_is_not_kept_twice() {
        let (kept, packed) = (built(true).saved().len(), built(true).packed().len());

        assert!(kept < packed - bundled::IMAGE.len() / 2, "{kept} of {packed} bytes");
    }

    #[test]
    fn what_is_no_such_thing_is_not_taken() {
        let bytes: &'static [u8] = Ruleset::builder().text("own.toml", OWN).build().unwrap().saved().leak();
        for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            assert!(Ruleset::builder().restore(&bytes[..cut]).is_err(), "{cut} bytes");
        }
        let unreadable = Ruleset::builder().path(std::path::Path::new("/no/such/file.toml"));
        assert!(unreadable.restore(bytes).is_err(), "mistakes are told");
    }
}
