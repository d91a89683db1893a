//! Where who is not signed in is sent: a page of a service beside the one that is asked whether he is.

use super::Judgement;
use super::Verdict;
use super::lines::{first, lines};
use super::route::Route;
use crate::conf::Arg;
use crate::source::Span;

/// The page, without what the controller adds for the way back.
struct Page {
    shown: String,
    lines: Vec<Span>,
}

pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let (old, new) = (read(before), read(after));
    // Who may come is the same, but who shows a page of his own in its place learns passwords.
    let (verdict, message) = match (&old, &new) {
        (Some(old), Some(new)) if old.shown != new.shown => {
            (Some(Verdict::Changed), format!("page for who has to sign in changed from {} to {}", old.shown, new.shown))
        }
        (Some(old), None) => (None, format!("who has to sign in is no longer sent to {}, and gets 401", old.shown)),
        (None, Some(new)) => (None, format!("who has to sign in is sent to {}, and no longer gets 401", new.shown)),
        _ => return Vec::new(),
    };
    let lines = |page: Option<Page>| page.map(|page| page.lines).unwrap_or_default();
    vec![Judgement { kind: "sign-in", verdict, message, before: lines(old), after: lines(new) }]
}

/// The lines of the page, for what they come and go with.
pub(super) fn lines_of(route: &Route<'_, '_>) -> Vec<Span> {
    read(route).map(|page| page.lines).unwrap_or_default()
}

/// The redirect for 401, in a location of its own.
fn read(route: &Route<'_, '_>) -> Option<Page> {
    let pages = route.inherited(&["error_page"]);
    let page = pages.into_iter().find(|page| first(*page).is_some_and(|code| code == "401"))?;
    let name = page.args().next_back()?.value();
    let location = route.neighbour(&name).filter(|_| name.starts_with('@'))?;
    let answer = location.directives().find(|inner| inner.name() == "return")?;
    let to = answer.args().nth(1).map(Arg::value).filter(|to| to.contains("://"))?;
    let escaped = route.own("set_escape_uri").iter().copied();
    let all = std::iter::once(page).chain([location]).chain(location.descendants()).chain(escaped);
    Some(Page { shown: plain(&to).to_owned(), lines: lines(all) })
}

/// The address as an administrator writes it: behind it the controller says where to come back to.
fn plain(to: &str) -> &str {
    let end = ["?rd=$", "&rd=$"].iter().filter_map(|way| to.find(way)).min();
    end.map_or(to, |end| &to[..end])
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_way_back_is_not_shown() {
        for (to, expected) in [
            ("https://a.example/start?rd=$pass_access_scheme://$http_host$escaped_request_uri", "https://a.example/start"),
            ("https://a.example/start?x=1&rd=$scheme://$host", "https://a.example/start?x=1"),
            ("https://a.example/start?rd=https://b.example", "https://a.example/start?rd=https://b.example"),
        ] {
            assert_eq!(super::plain(to), expected);
        }
    }
}
