//! What stands around a configuration in a file that a shell has written: a byte order mark, warnings of nginx and of `kubectl`, a
//! prompt. It is no part of the configuration, and nginx never saw it.

use std::borrow::Cow;
use std::ops::Range;

/// The mark that some programs put in front of a text.
const MARK: &str = "\u{feff}";

/// Beginnings of lines that programs say beside a configuration.
const SAID: [&str; 14] = [
    "nginx: ",
    "kubectl ",
    "Defaulted container ",
    "Defaulting container ",
    "Warning: ",
    "warning: ",
    "error: ",
    "Error from server",
    "Unable to use a TTY",
    "Use 'kubectl ",
    "Use \"kubectl ",
    "command terminated with exit code",
    "Connection to ",
    "% Total ",
];

/// The text with blanks in place of what is no configuration, so that every place in it stays where it is.
#[must_use]
pub fn without_prose(text: &str) -> Cow<'_, str> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let start = if text.starts_with(MARK) { MARK.len() } else { 0 };
    if start > 0 {
        ranges.push(0..start);
    }
    ranges.extend(above(text, start));
    ranges.extend(below(text, ranges.last().map_or(start, |range| range.end)));
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        out.push_str(&text[at..range.start]);
        out.extend(std::iter::repeat_n(' ', range.len()));
        at = range.end;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// The lines above the configuration that are none of it.
fn above(text: &str, start: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut lines = lines(text, start).peekable();
    while let Some((range, line)) = lines.next() {
        let next = lines.clone().map(|(_, line)| line).find(|line| !line.trim().is_empty());
        if is_said(line) || is_prose(line, next.unwrap_or_default()) {
            found.push(range);
        } else if !(line.trim().is_empty() || line.starts_with('#') && !line.starts_with("# configuration file ")) {
            break;
        }
    }
    found
}

/// The lines below the configuration. Only known words count: the rest of a text that was cut off must not pass for prose.
fn below(text: &str, start: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut end = text.len();
    while end > start {
        let begin = text[start..end].trim_end_matches('\n').rfind('\n').map_or(start, |at| start + at + 1);
        let line = text[begin..end].trim_end_matches(['\n', '\r']);
        if is_said(line) {
            found.push(begin..begin + line.len());
        } else if !line.trim().is_empty() {
            break;
        }
        end = begin;
    }
    found.reverse();
    found
}

/// The lines of a text from a place on, without their ends.
fn lines(text: &str, start: usize) -> impl Iterator<Item = (Range<usize>, &str)> + Clone {
    let mut at = start;
    text[start..].split_inclusive('\n').map(move |line| {
        let begin = at;
        at += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        (begin..begin + line.len(), line)
    })
}

fn is_said(line: &str) -> bool {
    SAID.iter().any(|start| line.starts_with(start)) || is_log(line)
}

/// A line of the log of a Kubernetes program, as `W0102 15:04:05.000000 …`.
fn is_log(line: &str) -> bool {
    let Some(rest) = line.strip_prefix(['I', 'W', 'E', 'F']) else { return false };
    rest.len() > 5 && rest.as_bytes()[..4].iter().all(u8::is_ascii_digit) && rest.as_bytes()[4] == b' '
}

/// Whether a line above a configuration is a sentence or a prompt. A directive can go on in the next line, which then is indented or
/// begins with a quote or a brace.
fn is_prose(line: &str, next: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let goes_on = next.starts_with([' ', '\t', '"', '\'', '{']) || next.is_empty();
    let Some(first) = words.first().filter(|_| !line.starts_with([' ', '\t', '#'])) else { return false };
    if line.contains([';', '{', '}']) && !line.starts_with(['$', '>', '[']) || words.len() < 2 && !first.ends_with([':', '.']) {
        return false;
    }
    let is_name = first.starts_with(|c: char| c.is_ascii_lowercase())
        && first.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let is_quoted = line.contains(['"', '\'', '$', '~']);
    !is_name || line.ends_with(['.', ':', '!', '?']) && !is_quoted || words.len() > 3 && !is_quoted && !goes_on
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::without_prose;

    const CONFIGURATION: &str = "pid x;\nhttp {\n}\n";

    #[test]
    fn what_programs_say_around_a_configuration_is_none() {
        for (above, below) in [
            ("\u{feff}", ""),
            ("\u{feff}nginx: [warn] a; b { c\n", ""),
            ("nginx: the configuration file /x syntax is ok\nnginx: configuration file /x test is successful\n", ""),
            ("Defaulted container \"controller\" out of: controller, metrics\n\n", ""),
            ("kubectl exec [POD] [COMMAND] is DEPRECATED and will be removed. Use kubectl exec [POD] -- [COMMAND] instead.\n", ""),
            ("W0102 15:04:05.123456   17 main.go:1] it is old\n", ""),
            ("Here is the file of Monday:\n", ""),
            ("this is what the pod of the zone serves today\n", ""),
            ("$ kubectl exec deploy/x -- cat /etc/nginx/nginx.conf\n", ""),
            ("root@node:~# cat nginx.conf\n", ""),
            ("-- production, north --\r\n", ""),
            ("", "command terminated with exit code 137\n"),
            ("", "\nnginx: configuration file /x test is successful\n\n"),
        ] {
            let text = format!("{above}{CONFIGURATION}{below}");
            let shown = without_prose(&text);
            assert_eq!(shown.trim(), CONFIGURATION.trim(), "{text}");
            assert_eq!(shown.len(), text.len());
        }
    }

    #[test]
    fn what_may_be_a_directive_stays() {
        for text in [
            CONFIGURATION,
            "server\n{\n}\n",
            "location / \n{\n}\n",
            "log_format main '$remote_addr'\n    '$status';\n",
            "log_format main\n'$remote_addr';\n",
            "user\nnobody;\n",
            "env A B C D\n  E;\n",
            "# a comment. It is one:\npid x;\n",
            "  server {\n  }\n",
            "pid x;\nlocation /a b c d e",
            "pid x;\nerror: ",
            "",
        ] {
            let kept = text.strip_suffix("error: ").unwrap_or(text);
            assert_eq!(without_prose(text).trim_end(), kept.trim_end(), "{text}");
        }
    }
}
