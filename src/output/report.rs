//! Differences by meaning, for people: where it is, then what is live and what is declared.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{Paint, cut, lines};
use crate::diff::{Change, Kind, Report, Side};

/// Of the lines that differ in a long text at most this many are shown.
const MOST_LINES: usize = 60;

/// The differences as text: each path once over all that follow in it. Empty without differences.
#[must_use]
pub fn text(report: &Report, paint: Paint) -> String {
    let mut out = String::new();
    let mut shown = None;
    for change in &report.changes {
        if shown != Some(&change.path) {
            if shown.is_some() {
                out.push('\n');
            }
            path(&mut out, change);
            shown = Some(&change.path);
        }
        sides(&mut out, change, paint);
    }
    out
}

fn path(out: &mut String, change: &Change) {
    if change.path.is_empty() {
        out.push_str("(top)");
    }
    for (at, word) in change.path.iter().enumerate() {
        let arrow = if at == 0 { "" } else { " > " };
        out.extend([arrow, &cut::line(word)]);
    }
    out.push('\n');
}

fn sides(out: &mut String, change: &Change, paint: Paint) {
    if change.kind == Kind::Moved {
        let sign = "~ at another place: ";
        return side(out, sign, change.after.as_ref(), paint.style(AnsiColor::Yellow));
    }
    if let (Some(before), Some(after)) = (&change.before, &change.after) {
        for (sign, text) in lines::shown(&before.text, &after.text).into_iter().take(MOST_LINES) {
            let style = match sign {
                '-' => paint.style(AnsiColor::Red),
                '+' => paint.style(AnsiColor::Green),
                _ => Style::new(),
            };
            // Writing into a String cannot fail.
            let _ = writeln!(out, "  {style}{sign} {}{style:#}", cut::line(&text));
        }
        return;
    }
    side(out, "- ", change.before.as_ref(), paint.style(AnsiColor::Red));
    side(out, "+ ", change.after.as_ref(), paint.style(AnsiColor::Green));
}

fn side(out: &mut String, sign: &str, side: Option<&Side>, style: Style) {
    let Some(side) = side else { return };
    for line in cut::lines(side.text.lines(), cut::MOST_LINES) {
        // Writing into a String cannot fail.
        let _ = writeln!(out, "  {style}{sign}{line}{style:#}");
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::source::FileId;
    use crate::{conf, diff};

    fn shown(live: &str, declared: &str) -> String {
        let (live, declared) = (conf::parse(FileId(0), live).value, conf::parse(FileId(1), declared).value);
        text(&diff::compare(&declared, &live), Paint::default())
    }

    #[test]
    fn a_path_stands_once_over_its_changes() {
        let live = "user a;\nhttp { server { server_name x.org; set $a 1; set $b 2; location / { t 60s; u on; } } }";
        let declared = "user b;\nhttp { server { server_name x.org; set $b 2; set $a 1; location / { t 30s; v on; } } }";
        let expected = "\
(top)
  - user a;
  + user b;

http > server x.org > location /
  - t 60s;
  + t 30s;
  + v on;
  - u on;

http > server x.org
  ~ at another place: set $b 2;
";
        assert_eq!(shown(live, declared), expected);
        assert_eq!(shown(live, live), "");
    }

    #[test]
    fn json_is_shown_under_its_keys() {
        let (live, declared) = (serde_json::json!([{"name": "a", "port": 80}]), serde_json::json!([{"name": "a", "port": 81}]));
        assert_eq!(text(&diff::json::compare(&declared, &live), Paint::default()), "a > port\n  - 80\n  + 81\n");
    }

    #[test]
    fn hostile_text_stays_harmless_and_short() {
        assert_eq!(shown("", "a \"\u{1b}[2J\";"), "(top)\n  + a \"\\u{1b}[2J\";\n");
        assert!(shown("", &format!("a {};", "x".repeat(3000))).len() < 300);
        let code = format!("x_by_lua_block {{{}}}", "a()\n".repeat(100));
        assert_eq!(shown("", &code).lines().count(), cut::MOST_LINES + 2);
    }
}
