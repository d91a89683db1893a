//! Names that are there, and which of them was probably meant by one that is not.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::{likely, listed};

/// Names of which each is compared with a wrong one. Of more, those are that come next to it in order of their beginnings and of their
/// ends: a slip leaves one of the two as it is.
const ALL: usize = 64;

/// Names that are there.
#[derive(Default)]
pub(super) struct Names<'n> {
    names: Vec<Cow<'n, str>>,
    /// Their places in order of their beginnings.
    by_start: Vec<usize>,
    /// Their places in order of their ends; empty where all are compared.
    by_end: Vec<usize>,
}

impl<'n> Names<'n> {
    pub(super) fn of<N: Into<Cow<'n, str>>>(names: impl IntoIterator<Item = N>) -> Self {
        let names: Vec<Cow<'n, str>> = names.into_iter().map(Into::into).collect();
        let mut by_start: Vec<usize> = (0..names.len()).collect();
        let mut by_end = if names.len() > ALL { by_start.clone() } else { Vec::new() };
        by_start.sort_unstable_by(|one, other| names[*one].cmp(&names[*other]));
        by_end.sort_unstable_by(|one, other| backwards(&names[*one], &names[*other]));
        Self { names, by_start, by_end }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.by_start.binary_search_by(|at| (*self.names[*at]).cmp(name)).is_ok()
    }

    /// The first of them for a message.
    pub(super) fn listed(&self) -> String {
        listed(&self.names)
    }

    /// The name that was probably meant.
    pub(super) fn meant(&self, name: &str) -> Option<&str> {
        likely(name, self.near(name))
    }

    /// Those that may be like a name.
    pub(super) fn near(&self, name: &str) -> impl Iterator<Item = &str> {
        let (starts, ends) = match self.by_end.is_empty() {
            true => (self.by_start.as_slice(), &[][..]),
            false => {
                (around(&self.by_start, |at| (*self.names[at]).cmp(name)), around(&self.by_end, |at| backwards(&self.names[at], name)))
            }
        };
        starts.iter().chain(ends).map(|at| &*self.names[*at])
    }
}

fn backwards(one: &str, other: &str) -> Ordering {
    one.bytes().rev().cmp(other.bytes().rev())
}

/// What stands around the place that something would have in an order.
fn around(order: &[usize], compare: impl Fn(usize) -> Ordering) -> &[usize] {
    const SIDE: usize = ALL / 4;
    let place = order.partition_point(|at| compare(*at) == Ordering::Less);
    &order[place.saturating_sub(SIDE)..order.len().min(place + SIDE)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_among_thousands() {
        for count in [3, 20_000] {
            let names = Names::of((0..count).map(|at| format!("shop-{at:05}-web")).chain([String::from("payments")]));
            for (slip, expected) in [
                ("payment", Some("payments")),
                ("paymnets", Some("payments")),
                ("shop-00002-wbe", Some("shop-00002-web")),
                ("hsop-00002-web", Some("shop-00002-web")),
                ("zzz", None),
            ] {
                assert_eq!(names.meant(slip), expected, "{slip} among {count}");
            }
            assert!(names.contains("shop-00002-web") && !names.contains("shop-00002-wbe"));
        }
    }
}
