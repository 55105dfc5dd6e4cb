//! `deboil rules new`: a rule file to start from.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use deboil::rule::load::load;
use deboil::{Error, Errors, Ruleset};

use crate::setup;
use crate::status::{Status, Stop};

use super::args::RulesNewArgs;

/// The file, with words in capitals for what depends on the host.
const SKELETON: &str = include_str!("new.toml");

/// What stands between a name and its country in hosts.
const SECOND_LEVELS: &[&str] = &["ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"];

/// Writes the skeleton of a pack.
pub(crate) fn run(args: &RulesNewArgs) -> Result<Status, Stop> {
    let rules = setup::load(&args.rules)?;
    let host = host(&args.host)?;
    reject_known(rules, &host)?;
    let id = args.id.clone().unwrap_or_else(|| id(rules, &host));
    let pack = skeleton(&host, &id);
    if let Err(errors) = load(&host, &pack, false) {
        return Err(Errors(errors.0.into_iter().map(|error| Error { place: None, ..error }).collect()).into());
    }
    match &args.output {
        Some(path) => create(path, &pack)?,
        None => io::stdout().lock().write_all(pack.as_bytes())?,
    }
    Ok(Status::Fine)
}

/// The bare name of a host, of which an address may be given.
fn host(given: &str) -> Result<String, Stop> {
    let rest = given.split_once("://").map_or(given, |(_, rest)| rest);
    let name = rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_lowercase();
    let host = name.strip_prefix("www.").unwrap_or(&name);
    let is_label = |label: &str| {
        let chars = label.chars().all(|c| c.is_alphanumeric() || c == '-');
        chars && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    match host.contains('.') && host.split('.').all(is_label) {
        true => Ok(host.to_owned()),
        false => Err(Stop::new(format!("bad host `{given}`"), "write its name, such as `example.com`")),
    }
}

/// Two packs of one host would be in each other's way.
fn reject_known(rules: &Ruleset, host: &str) -> Result<(), Stop> {
    match rules.sources().find(|(_, source)| source.hosts.iter().any(|known| known == host)) {
        None => Ok(()),
        Some((_, source)) => Err(Stop::new(
            format!("`{host}` has a pack: {}", source.origin),
            format!(
                "add your rules there, or to a file of your own with the same `id = \"{}\"` under `[source]`",
                source.id
            ),
        )),
    }
}

/// A name for the source that no other one has: that of the host without its country, else all of the host.
fn id(rules: &Ruleset, host: &str) -> String {
    let mut labels: Vec<&str> = host.split('.').collect();
    labels.pop();
    if labels.len() > 1 && labels.last().is_some_and(|label| SECOND_LEVELS.contains(label)) {
        labels.pop();
    }
    let short = labels.last().copied().unwrap_or(host);
    match rules.source_by_id(short) {
        None => short.to_owned(),
        Some(_) => host.replace('.', "-"),
    }
}

fn skeleton(host: &str, id: &str) -> String {
    let version = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
    SKELETON.replace("HOST", host).replace("VERSION", version).replace("\"ID", &format!("\"{id}"))
}

/// Writes a new file; one that is there stays as it is.
fn create(path: &Path, text: &str) -> Result<(), Stop> {
    let write = || {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        File::create_new(path)?.write_all(text.as_bytes())
    };
    write().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Stop::new(format!("`{}` is there already", path.display()), "name another file, or move that one away")
        }
        _ => Stop::new(format!("cannot write `{}`: {error}", path.display()), "name another file"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> Ruleset {
        Ruleset::builder().bundled(false).text("x.toml", "[source]\nid = \"taken\"\n").build().unwrap()
    }

    #[test]
    fn a_host_is_read_from_a_name_or_an_address() {
        let good = |given| host(given).unwrap();
        assert_eq!(good("Example.com"), "example.com");
        assert_eq!(good("https://www.example.co.uk:80/a?b#c"), "example.co.uk");
        assert!(["", "example", "a b.com", "-a.com", "a..com"].iter().all(|given| host(given).is_err()));
    }

    #[test]
    fn a_source_is_named_by_its_host() {
        let named = |host| id(&empty(), host);
        assert_eq!(named("example.com"), "example");
        assert_eq!(named("news.example.com"), "example");
        assert_eq!(named("example.co.uk"), "example");
        assert_eq!(named("taken.com"), "taken-com");
        assert_eq!(named("co.uk"), "co");
    }
}
