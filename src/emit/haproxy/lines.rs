//! The lines of a section. A value can only become a word or a comment here, so that it never changes the shape of the output.

use super::super::names;
use super::words::{self, Format};

/// HAProxy reads 64 words of a line, and refuses a configuration with more.
const MOST_WORDS: usize = 60;

/// One rule in the making: code as it stands, and values as words.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    text: String,
    words: usize,
    unfit: Option<String>,
}

impl Rule {
    /// A rule that starts with code.
    pub(super) fn new(code: &str) -> Self {
        Self { text: code.to_owned(), words: code.split_whitespace().count(), unfit: None }
    }

    /// A rule that keeps a text with samples in it. With an empty one HAProxy would end at the first request.
    pub(super) fn variable(name: &str, format: &Format) -> Self {
        if format.is_empty() {
            return Self::new(&format!("http-request unset-var({name})"));
        }
        Self::new(&format!("http-request set-var-fmt({name})")).format(format)
    }

    /// The text, without the blanks before it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// More code, as it stands.
    pub(super) fn code(mut self, code: &str) -> Self {
        if !code.is_empty() {
            self.text.push(' ');
            self.text.push_str(code);
            self.words += code.split_whitespace().count();
        }
        self
    }

    /// A value as one word.
    pub(super) fn value(mut self, text: &str) -> Self {
        // A condition ends at a word of its own, in quotes too.
        let is_unfit = !words::is_fit(text) || matches!(text, "{" | "}");
        if is_unfit && self.unfit.is_none() {
            self.unfit = Some(text.to_owned());
        }
        self.text.push(' ');
        self.text.push_str(&words::word(text));
        self.words += 1;
        self
    }

    /// A text with samples in it, as one word. HAProxy takes no empty one.
    pub(super) fn format(mut self, format: &Format) -> Self {
        if format.is_empty() {
            self.unfit.get_or_insert_default();
        }
        self.value(format.as_str())
    }

    /// Headers as one word, a line each.
    pub(super) fn lines(mut self, headers: &[(String, Format)]) -> Self {
        let mut word = String::new();
        for (name, value) in headers {
            if !words::is_fit(name) || !words::is_fit(value.as_str()) {
                self.unfit = self.unfit.or_else(|| Some(name.clone()));
            }
            word.push_str(&words::escaped(Format::text(name).as_str()));
            word.push_str(": ");
            word.push_str(&words::escaped(value.as_str()));
            word.push_str("\\n");
        }
        self.text.push_str(&format!(" \"{word}\""));
        self.words += 1;
        self
    }

    /// More of a rule that was made elsewhere.
    pub(super) fn append(mut self, other: &Self) -> Self {
        self.text.push_str(&other.text);
        self.words += other.words;
        self.unfit = self.unfit.or_else(|| other.unfit.clone());
        self
    }

    /// A value for which no configuration has room.
    fn misfit(&self) -> Option<String> {
        let is_too_long = self.words > MOST_WORDS;
        self.unfit.clone().or_else(|| is_too_long.then(|| self.text.split_whitespace().take(5).collect::<Vec<_>>().join(" ")))
    }
}

/// Lines in the making.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: String,
    /// A value that no quotes make harmless.
    unfit: Option<String>,
}

impl Lines {
    /// A line that holds no value.
    pub(super) fn code(&mut self, code: &str) {
        self.rule(Rule::new(code));
    }

    /// A rule. One with a value that is unfit, or with too many words, is not written: whoever takes the lines has to ask for it.
    pub(super) fn rule(&mut self, rule: Rule) {
        match rule.misfit() {
            None => self.line(&rule.text),
            Some(unfit) => _ = self.unfit.get_or_insert(unfit),
        }
    }

    /// A rule where it is fit for a configuration; whether it was.
    pub(super) fn fit_rule(&mut self, rule: &Rule) -> bool {
        let is_fit = rule.misfit().is_none();
        if is_fit {
            self.line(&rule.text);
        }
        is_fit
    }

    /// Names a condition, which holds where one of the values fits: as many lines as their number takes.
    pub(super) fn condition(&mut self, name: &str, sample: &str, values: &[String]) {
        for some in values.chunks(40) {
            self.code(&format!("acl {name} {sample} {}", some.join(" ")));
        }
    }

    fn line(&mut self, text: &str) {
        self.text.push_str("    ");
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A comment. Control characters would end it.
    pub(super) fn comment(&mut self, text: &str) {
        self.line(&format!("# {}", names::comment(text)));
    }

    /// The first line of a section.
    pub(super) fn section(&mut self, code: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(code);
        self.text.push('\n');
    }

    /// A line between sections.
    pub(super) fn note(&mut self, text: &str) {
        self.text.push_str("# ");
        self.text.push_str(&names::comment(text));
        self.text.push('\n');
    }

    /// The first value that is not fit for a configuration, and forgets it.
    pub(super) fn take_unfit(&mut self) -> Option<String> {
        self.unfit.take()
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_in_their_words() {
        let mut lines = Lines::default();
        lines.rule(Rule::new("http-request set-header").value("X-A").value("b # c").code("if { src").value("10.0.0.0/8").code("}"));
        assert_eq!(lines.take_unfit(), None);
        lines.rule(Rule::new("http-request deny if { req.hdr(x)").value("}").code("}"));
        assert_eq!(lines.take_unfit().as_deref(), Some("}"));
        lines.rule(Rule::new("server").value("a\nb"));
        assert!(lines.take_unfit().is_some());
        assert!(lines.finish().starts_with("    http-request set-header X-A 'b # c' if { src 10.0.0.0/8 }\n"));
    }

    #[test]
    fn no_line_has_more_words_than_are_read() {
        for (count, is_written) in [(57, true), (58, false)] {
            let mut lines = Lines::default();
            lines.rule(Rule::new("http-request deny if").code(&vec!["a"; count].join(" ")));
            assert_eq!(lines.take_unfit().is_none(), is_written, "{count}");
            assert_eq!(lines.finish().is_empty(), !is_written, "{count}");
        }
        let mut lines = Lines::default();
        lines.condition("many", "src", &vec![String::from("10.0.0.1"); 100]);
        assert_eq!(lines.take_unfit(), None);
        assert_eq!(lines.finish().lines().filter(|line| line.starts_with("    acl many src 10.0.0.1 ")).count(), 3);
    }

    #[test]
    fn no_format_is_empty() {
        let mut lines = Lines::default();
        lines.rule(Rule::variable("txn.a", &Format::default()));
        lines.rule(Rule::variable("txn.b", &Format::text("b")));
        assert_eq!(lines.take_unfit(), None);
        lines.rule(Rule::new("http-request set-header X").format(&Format::default()));
        assert!(lines.take_unfit().is_some());
        assert_eq!(lines.finish(), "    http-request unset-var(txn.a)\n    http-request set-var-fmt(txn.b) b\n");
    }
}
