//! Says where a document comes from: who published it, what carried it, what archived it.

use std::path::Path;

use crate::rule::index::Owner;
use crate::rule::set::{Ruleset, SourceIdx};
use crate::rule::{PackIdx, Role};
use crate::text::document::Document;

use super::Scope;
use super::scanned::Scanned;

/// A source that a document has, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// The source.
    pub source: SourceIdx,
    /// How it is known.
    pub by: By,
}

/// How a source is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The caller named it.
    Name,
    /// The host of the document's URL.
    Url,
    /// The document's path.
    Path,
    /// A signature in this line of the text, from 1.
    Signature(usize),
    /// Another source of the document extends it.
    Extends(SourceIdx),
}

/// What is known of where a document comes from, whatever its text says.
pub(super) enum Origin {
    /// The sources that its name, URL and path tell.
    Told(Vec<Recognised>),
    /// The source of a pack, taken as given, and those that it extends.
    Given(Vec<Recognised>),
}

impl Origin {
    /// What is known of a document.
    pub(super) fn of(rules: &Ruleset, document: &Document, scope: Scope) -> Self {
        match scope {
            Scope::Sources => Self::Told(told(rules, document)),
            Scope::Pack(pack) => Self::Given(given(rules, pack)),
        }
    }

    /// The sources of a document with some text, publishers first. The publisher is known by the first of name, URL, path and
    /// signatures that knows one; platforms, archives and agencies by any of these.
    pub(super) fn sources(&self, rules: &Ruleset, scanned: &Scanned) -> Vec<Recognised> {
        let mut found = match self {
            Self::Told(found) => found.clone(),
            Self::Given(found) => return found.clone(),
        };
        for (source, line) in by_signature(rules, scanned) {
            add(&mut found, [source], By::Signature(line + 1));
        }
        keep_best_publisher(rules, &mut found);
        add_extended(rules, &mut found);
        found.sort_by_key(|recognised| rules.source(recognised.source).role != Role::Publisher);
        found
    }
}

fn told(rules: &Ruleset, document: &Document) -> Vec<Recognised> {
    let mut found = Vec::new();
    let named = document.source.and_then(|id| rules.source_by_id(id));
    add(&mut found, named, By::Name);
    add(&mut found, document.url.map(|url| by_url(rules, url)).unwrap_or_default(), By::Url);
    add(&mut found, document.path.map(|path| by_path(rules, path)).unwrap_or_default(), By::Path);
    found
}

fn given(rules: &Ruleset, pack: PackIdx) -> Vec<Recognised> {
    let mut found = Vec::new();
    let of_pack = rules.sources().map(|(source, _)| source).find(|&source| rules.source_pack(source) == pack);
    add(&mut found, of_pack, By::Name);
    add_extended(rules, &mut found);
    found
}

fn add(found: &mut Vec<Recognised>, sources: impl IntoIterator<Item = SourceIdx>, by: By) {
    for source in sources {
        if found.iter().all(|recognised| recognised.source != source) {
            found.push(Recognised { source, by });
        }
    }
}

/// Of publishers that are known in different ways only those stay that are known in the best one.
fn keep_best_publisher(rules: &Ruleset, found: &mut Vec<Recognised>) {
    let rank = |by: By| match by {
        By::Name => 0,
        By::Url => 1,
        By::Path => 2,
        By::Signature(_) | By::Extends(_) => 3,
    };
    let is_publisher = |recognised: &Recognised| rules.source(recognised.source).role == Role::Publisher;
    let best = found.iter().filter(|recognised| is_publisher(recognised)).map(|recognised| rank(recognised.by)).min();
    found.retain(|recognised| !is_publisher(recognised) || Some(rank(recognised.by)) == best);
}

fn add_extended(rules: &Ruleset, found: &mut Vec<Recognised>) {
    let mut at = 0;
    while let Some(recognised) = found.get(at).cloned() {
        let extended = rules.source(recognised.source).extends.iter().filter_map(|other| rules.source_by_id(&other.id));
        add(found, extended.collect::<Vec<_>>(), By::Extends(recognised.source));
        at += 1;
    }
}

/// The sources of a URL: that of its host and, if the URL is an archived page's, that of the page's host.
fn by_url(rules: &Ruleset, url: &str) -> Vec<SourceIdx> {
    let hosts = std::iter::once(url).chain(archived(url)).map(host);
    hosts.filter_map(|host| by_host(rules, &host)).collect()
}

/// The source with the longest host name that is `host` or a parent domain of it.
fn by_host(rules: &Ruleset, host: &str) -> Option<SourceIdx> {
    let parent = |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let hosts = rules.sources().flat_map(|(index, source)| source.hosts.iter().map(move |name| (index, name)));
    hosts.filter(|(_, name)| parent(name)).max_by_key(|(_, name)| name.len()).map(|(index, _)| index)
}

/// The URL of the page that an archive's URL holds: the last one inside it.
fn archived(url: &str) -> Option<&str> {
    ["http://", "https://"]
        .iter()
        .filter_map(|scheme| url.rfind(scheme))
        .max()
        .filter(|&at| at > 0)
        .map(|at| &url[at..])
}

/// The host of a URL, in lower case; scheme, user and port left out.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest).trim_start_matches("//");
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
    host.trim_end_matches('.').to_lowercase()
}

/// The sources of a path: those whose globs it matches, else that of a folder named by a host.
fn by_path(rules: &Ruleset, path: &Path) -> Vec<SourceIdx> {
    let globbed = rules.sources_of_path(path);
    if !globbed.is_empty() {
        return globbed;
    }
    let folders = path.parent().into_iter().flat_map(Path::components).rev();
    let hosts = folders.filter_map(|folder| folder.as_os_str().to_str()).filter(|name| name.contains('.'));
    hosts.filter_map(|name| by_host(rules, &name.to_lowercase())).take(1).collect()
}

fn by_signature(rules: &Ruleset, scanned: &Scanned) -> Vec<(SourceIdx, usize)> {
    let signatures = scanned.by_owner(rules).filter_map(|(owner, hits)| match owner {
        Owner::Signature(source, number) => Some((source, &rules.source(source).signatures[number as usize], hits)),
        Owner::Rule(_) => None,
    });
    let held = signatures.filter_map(|(source, signature, hits)| {
        let mut lines = hits.iter().map(|hit| hit.line as usize);
        lines.find(|&line| signature.holds(&scanned.page, line)).map(|line| (source, line))
    });
    held.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_from_any_url() {
        for url in
            ["https://www.Example.com/a", "//www.example.com", "www.example.com:80/x", "http://u:p@www.example.com?q"]
        {
            assert_eq!(host(url), "www.example.com", "{url}");
        }
    }

    #[test]
    fn an_archived_url_is_unwrapped() {
        let url = "https://web.archive.org/web/2017/http://www.example.com/a";
        assert_eq!(archived(url), Some("http://www.example.com/a"));
        assert_eq!(archived("https://example.com/"), None);
    }
}
