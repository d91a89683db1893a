//! Whether requests get past what answers them at once: then the checks behind that decide nothing.

use super::lines::first;
use super::route::Route;

/// What becomes of every request of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is checked, and passed on.
    Passed,
    /// It is refused with a status.
    Refused(String),
    /// It gets an answer that is written down, as a redirect.
    Fixed,
}

impl Answer {
    /// Of a route: a `return` outside of any condition comes before all checks of access.
    pub(super) fn of(route: &Route<'_, '_>) -> Self {
        if !route.own("internal").is_empty() {
            return Self::Refused(String::from("404"));
        }
        let Some(answer) = route.inside_host("return").first().copied() else { return Self::Passed };
        match first(answer) {
            Some(code) if code.parse::<u16>().is_ok_and(|code| code >= 400) => Self::Refused(code.into_owned()),
            _ => Self::Fixed,
        }
    }
}
