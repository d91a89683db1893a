//! Whether nginx takes an argument: numbers, sizes, times, flags and words as its parser reads them.

use super::directives::Kind;
use super::units::{is_number, is_time, is_word, size};
use super::{Build, forms};

/// Why nginx refuses the arguments of a directive, in its own words as far as they help.
pub(super) fn refusal(name: &str, kind: Kind, args: &[&str], build: Build) -> Option<String> {
    let first = args.first().copied().unwrap_or_default();
    let invalid = |what: &str| Some(format!("`{name}` takes {what}, not `{first}`"));
    match kind {
        Kind::Any => None,
        Kind::Flag if is_word(first, &["on", "off"]) => None,
        Kind::Flag => invalid("`on` or `off`"),
        Kind::Number if is_number(first) => None,
        Kind::Number => invalid("a whole number that is not negative"),
        Kind::Size if size(first, false).is_some() => None,
        Kind::Size => invalid("a size such as `8k` or `1m`"),
        Kind::Offset if size(first, true).is_some() => None,
        Kind::Offset => invalid("a size such as `8k`, `1m` or `1g`"),
        Kind::Seconds if args.iter().all(|arg| is_time(arg, true)) => None,
        Kind::Seconds => invalid("a time such as `30s` or `5m`"),
        Kind::Milliseconds if args.iter().all(|arg| is_time(arg, false)) => None,
        Kind::Milliseconds => invalid("a time such as `500ms`, `30s` or `5m`"),
        Kind::Buffers => buffers(name, args),
        Kind::Word(words) if is_word(first, words) => None,
        Kind::Word(words) => Some(format!("`{name}` takes one of {}, not `{first}`", list(words))),
        Kind::Words(words) => {
            let unknown = args.iter().find(|arg| !is_word(arg, words))?;
            Some(format!("`{name}` takes {}, not `{unknown}`", list(words)))
        }
        Kind::Each(known) => forms::unfit(args, known).map(|unfit| format!("`{name}` does not take `{unfit}`")),
        Kind::Rest(known) => {
            let rest = args.get(1..).unwrap_or_default();
            forms::unfit(rest, known).map(|unfit| format!("`{name}` takes no parameter `{unfit}`"))
        }
        Kind::By(rule) => rule(name, args, build),
    }
}

fn buffers(name: &str, args: &[&str]) -> Option<String> {
    let [count, bytes] = args else { return None };
    let is_good = count.parse::<u64>().is_ok_and(|count| count > 0) && size(bytes, false).is_some_and(|bytes| bytes > 0);
    (!is_good).then(|| format!("`{name}` takes a number of buffers and their size, not `{count} {bytes}`"))
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_name_the_directive_and_the_value() {
        let message = refusal("proxy_buffers", Kind::Buffers, &["0", "8k"], Build::Stock).unwrap_or_default();
        assert!(message.contains("proxy_buffers") && message.contains("0 8k"), "{message}");
        assert_eq!(refusal("proxy_buffers", Kind::Buffers, &["2", "8k"], Build::Stock), None);
        assert_eq!(refusal("gzip", Kind::Flag, &["ON"], Build::Stock), None);
        assert!(refusal("gzip", Kind::Flag, &["yes"], Build::Stock).is_some());
        assert!(refusal("x", Kind::Words(&["a", "b"]), &["a", "c"], Build::Stock).is_some_and(|message| message.contains("`c`")));
    }
}
