//! How large a request may be.

use super::Judgement;
use super::lines::lines;
use super::route::Route;
use super::shift::Shift;
use crate::nginx::size;

/// What nginx takes where nothing is said.
const DEFAULT: &str = "1m";

pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    const NAME: &str = "client_max_body_size";
    let (old, new) = (before.value(NAME, DEFAULT), after.value(NAME, DEFAULT));
    if old == new {
        return Vec::new();
    }
    // Zero is no limit.
    let read = |word: &str| size(word, true).map(|size| if size == 0 { u64::MAX } else { size });
    let (shift, was, is) = match (read(&old), read(&new)) {
        (Some(old), Some(new)) => (Shift::rising(&old, &new), old < u64::MAX, new < u64::MAX),
        _ => (Shift::DIFFERS, true, true),
    };
    let word = |word: &str, limits: bool| if limits { word.to_owned() } else { String::from("none") };
    let message = format!("limit of request bodies changed from {} to {}", word(&old, was), word(&new, is));
    vec![Judgement::new("body", shift.verdict(was, is), message, [lines(before.last(NAME)), lines(after.last(NAME))])]
}
