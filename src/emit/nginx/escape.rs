//! The URI of the request as the value of a parameter. nginx has no function for it: a chain of maps replaces one character after the
//! other, each map so many at once.

use super::super::dialect::regex_literal;
use super::lines::{Lines, Word};

/// The variable with the escaped URI.
pub(super) const VARIABLE: &str = "$escaped_request_uri";

/// How many are replaced by one map after the other: up to 31 in all. A regular expression has nine numbered captures.
const MANY: &[usize] = &[8, 8, 8, 4, 2, 1];

/// The same for characters that are rare in a URI: up to 7.
const FEW: &[usize] = &[4, 2, 1];

/// Characters that are escaped, but for the percent sign.
const CHARACTERS: &[(char, &[usize])] =
    &[('&', MANY), ('+', MANY), ('?', FEW), ('=', MANY), ('/', MANY), (':', FEW), (',', FEW), (';', FEW), ('@', FEW)];

/// Writes the maps.
pub(super) fn write(lines: &mut Lines) {
    lines.gap();
    lines.comment("The URI of the request as the value of a parameter: each map escapes so many of one character.");
    let mut source = percent_signs(lines);
    let steps: Vec<_> =
        CHARACTERS.iter().flat_map(|(character, counts)| counts.iter().enumerate().map(move |step| (*character, step))).collect();
    for (at, &(character, (step, &count))) in steps.iter().enumerate() {
        let is_last = at + 1 == steps.len();
        let variable = if is_last { VARIABLE.to_owned() } else { format!("$escaped_{:02x}_{step}", u32::from(character)) };
        let value = format!("{}${}", replaced(character, count), count + 1);
        map(lines, &source, &variable, &format!("{}(.*)$", pattern(character, count)), &value, &source);
        source = variable;
    }
}

/// Writes the maps for the percent sign, which its own escape contains: what is done is kept apart from the rest. The words in which
/// both are together again.
fn percent_signs(lines: &mut Lines) -> String {
    let (mut whole, mut rest) = (String::new(), String::from("$request_uri"));
    for (step, count) in MANY.iter().enumerate() {
        let (done, left) = (format!("$escaped_25_{step}"), format!("$left_{step}"));
        map(lines, &rest, &done, &pattern('%', *count), &replaced('%', *count), "");
        map(lines, &rest, &left, &format!("~^(?:[^%]*%){{{count}}}(.*)$"), "$1", &rest);
        whole.push_str(&done);
        rest = left;
    }
    whole + &rest
}

/// The beginning of a regular expression that finds so many of a character.
fn pattern(character: char, count: usize) -> String {
    format!("~^{}", format!("([^{character}]*){}", regex_literal(&character.to_string())).repeat(count))
}

/// What takes the place of all that [`pattern`] finds.
fn replaced(character: char, count: usize) -> String {
    (1..=count).map(|part| format!("${part}%{:02X}", u32::from(character))).collect()
}

fn map(lines: &mut Lines, source: &str, variable: &str, pattern: &str, value: &str, default: &str) {
    lines.block("map", vec![Word::from(source), Word::from(variable)], |lines| {
        lines.entry(vec![Word::from(pattern), Word::from(value)]);
        lines.entry(vec![Word::from("default"), Word::from(default)]);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_are_replaced_at_once() {
        assert_eq!(pattern('+', 2), r"~^([^+]*)\+([^+]*)\+");
        assert_eq!(replaced('&', 2), "$1%26$2%26");
    }
}
