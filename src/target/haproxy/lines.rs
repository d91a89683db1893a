//! The lines of a section. A value can only become a word or a comment here, so that it never changes the shape of the output.

use super::words::{self, Format};

/// One rule in the making: code as it stands, and values as words.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    text: String,
    unfit: Option<String>,
}

impl Rule {
    /// A rule that starts with code.
    pub(super) fn new(code: &str) -> Self {
        Self { text: code.to_owned(), unfit: None }
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
        self
    }

    /// A text with samples in it, as one word.
    pub(super) fn format(self, format: &Format) -> Self {
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
        self.code(&format!("\"{word}\""))
    }

    /// More of a rule that was made elsewhere.
    pub(super) fn append(mut self, other: &Self) -> Self {
        self.text.push_str(&other.text);
        self.unfit = self.unfit.or_else(|| other.unfit.clone());
        self
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
        self.text.push_str("    ");
        self.text.push_str(code);
        self.text.push('\n');
    }

    /// A rule. One with a value that is unfit is not written: whoever takes the lines has to ask for it.
    pub(super) fn rule(&mut self, rule: Rule) {
        match rule.unfit {
            None => self.code(&rule.text),
            Some(unfit) => _ = self.unfit.get_or_insert(unfit),
        }
    }

    /// A comment. Control characters would end it.
    pub(super) fn comment(&mut self, text: &str) {
        let text = text.replace(|c: char| c.is_control(), " ");
        self.code(&format!("# {text}"));
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
        self.text.push_str(&text.replace(|c: char| c.is_control(), " "));
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
}
