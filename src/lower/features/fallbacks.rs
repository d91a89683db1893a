//! Values that pass the controller's check, and that it replaces all the same.

use super::reader::{Reader, Stop, shown};
use crate::catalog::key::{Fate, Key};

/// One of the words that an annotation allows, or the default. Quirk: the check removes the spaces inside a value, but a word that
/// still has them is not understood.
pub(super) fn word(reader: &mut Reader, key: &'static Key<String>, default: &str) -> Result<String, Stop> {
    let word = reader.or(key, default.to_owned())?;
    let words = key.spec.check.allowed();
    if words.contains(&word.as_str()) {
        return Ok(word);
    }
    replace(reader, key, &format!("`{}` is none of `{}`, so that `{default}` applies", shown(&word), words.join("`, `")));
    Ok(default.to_owned())
}

/// The longest chain of certificates. Quirk: zero stands for one.
pub(super) fn depth(reader: &mut Reader, key: &'static Key<i64>) -> Result<i64, Stop> {
    let depth = reader.or(key, 1)?;
    if depth != 0 {
        return Ok(depth);
    }
    reader.ignore(key, "zero stands for 1");
    Ok(1)
}

/// Says that the default applies, and that a protection vanishes where the catalog says so of values that cannot be read.
pub(super) fn replace<T>(reader: &mut Reader, key: &'static Key<T>, reason: &str) {
    match key.spec.unreadable {
        Fate::FailsOpen => reader.fail_open(key, reason),
        _ => reader.ignore(key, reason),
    }
}
