//! A page of entries in groups, that can be searched, filtered and folded: differences, findings, proofs.
//!
//! All of it stands in the page as text, so that it can be read and printed where no script runs; the script adds the search.

use std::fmt::Write as _;

use super::page::{escape, head};
use super::untrusted::{many_lines, one_line};
use crate::protection::Verdict;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Entries that a page shows at most: browsers are slow with more.
const MOST_ENTRIES: usize = 5000;

/// What an entry is to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Mood {
    /// Something is wrong, or lets more through.
    Bad,
    /// Something is to be looked at.
    Odd,
    /// Something lets less through.
    Good,
    /// Worth knowing.
    #[default]
    Plain,
}

impl From<Verdict> for Mood {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Lost | Verdict::Weaker => Self::Bad,
            Verdict::Changed => Self::Odd,
            Verdict::Stronger | Verdict::Gained => Self::Good,
        }
    }
}

impl Mood {
    fn class(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Odd => "odd",
            Self::Good => "good",
            Self::Plain => "plain",
        }
    }
}

/// One entry.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// What it is to its reader.
    pub(super) mood: Mood,
    /// What it is about, as text: neighbours that are about the same share a heading.
    pub(super) subject: String,
    /// Where more of that is to be read; empty: nowhere.
    pub(super) link: String,
    /// What it can be filtered by: the value for each name of the page, empty where it has none.
    pub(super) facets: Vec<String>,
    /// What it says, in HTML.
    pub(super) body: String,
}

/// Entries under one title.
#[derive(Debug)]
pub(super) struct Group {
    /// The title.
    pub(super) title: String,
    /// The entries, those about the same beside each other.
    pub(super) entries: Vec<Entry>,
}

/// A page.
#[derive(Debug)]
pub(super) struct Page<'a> {
    /// What stands in the title of the window.
    pub(super) title: &'a str,
    /// The heading, in HTML.
    pub(super) heading: String,
    /// What is said before all entries: paragraphs in HTML.
    pub(super) about: Vec<String>,
    /// The names of what entries can be filtered by.
    pub(super) facets: &'a [&'a str],
    /// The entries.
    pub(super) groups: Vec<Group>,
}

impl Page<'_> {
    /// The whole page.
    pub(super) fn html(&self) -> String {
        let mut out = head(self.title, STYLE, SCRIPT);
        // Writing into a String cannot fail, here and below.
        let _ = writeln!(out, "<header>\n<h1>{}</h1>", self.heading);
        for paragraph in &self.about {
            let _ = writeln!(out, "<p>{paragraph}</p>");
        }
        out.push_str("</header>\n");
        let groups: Vec<&Group> = self.groups.iter().filter(|group| !group.entries.is_empty()).collect();
        if groups.len() > 1 {
            out.push_str("<nav aria-label=\"Contents\"><ul>\n");
            for (at, group) in groups.iter().enumerate() {
                let _ = writeln!(out, "<li><a href=\"#group-{at}\">{}</a> ({})</li>", escape(&one_line(&group.title)), group.entries.len());
            }
            out.push_str("</ul></nav>\n");
        }
        let _ = writeln!(out, "<main data-facets=\"{}\">", escape(&self.facets.join("\n")));
        let mut left = MOST_ENTRIES;
        for (at, group) in groups.into_iter().enumerate() {
            self.group(&mut out, at, group, left);
            left = left.saturating_sub(group.entries.len());
        }
        let _ = writeln!(out, "</main>\n<footer>ingressc {}</footer>", env!("CARGO_PKG_VERSION"));
        let _ = writeln!(out, "<script>{SCRIPT}</script>\n</body>\n</html>");
        out
    }

    fn group(&self, out: &mut String, at: usize, group: &Group, most: usize) {
        let (title, count) = (escape(&one_line(&group.title)), group.entries.len());
        let _ = writeln!(
            out,
            "<details class=\"group\" id=\"group-{at}\" open>\n<summary><h2>{title}</h2> <span class=\"count\">{count}</span></summary>"
        );
        for entries in group.entries[..count.min(most)].chunk_by(|one, next| one.subject == next.subject) {
            out.push_str("<section>\n");
            if let Some(Entry { subject, link, .. }) = entries.first().filter(|entry| !entry.subject.is_empty()) {
                let subject = escape(&one_line(subject));
                let _ = match link.as_str() {
                    "" => writeln!(out, "<h3>{subject}</h3>"),
                    link => writeln!(out, "<h3><a href=\"{}\">{subject}</a></h3>", escape(link)),
                };
            }
            entries.iter().for_each(|entry| self.entry(out, entry));
            out.push_str("</section>\n");
        }
        if count > most {
            let _ = writeln!(out, "<p>… and {} more, which the other formats have.</p>", count - most);
        }
        out.push_str("</details>\n");
    }

    fn entry(&self, out: &mut String, entry: &Entry) {
        let _ = write!(out, "<article class=\"{}\"", entry.mood.class());
        for (at, value) in entry.facets.iter().enumerate().filter(|(at, value)| *at < self.facets.len() && !value.is_empty()) {
            let _ = write!(out, " data-facet-{at}=\"{}\"", escape(&one_line(value)));
        }
        let _ = writeln!(out, ">\n{}</article>", entry.body);
    }
}

/// A sentence of ours: what it quotes in backticks is code.
pub(super) fn sentence(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { code(part) } else { escape(&one_line(part)) }).collect()
}

/// A text as code.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(&one_line(text)))
}

/// Something less important, on a line of its own. It is HTML.
pub(super) fn aside(html: &str) -> String {
    format!("<div class=\"why\">{html}</div>\n")
}

/// Two texts side by side: before and after.
pub(super) fn side_by_side(before: &str, after: &str) -> String {
    let side = |class: &str, text: &str| format!("<pre class=\"{class}\">{}</pre>\n", escape(&many_lines(text)));
    format!("{}{}", side("before", before), side("after", after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_an_element() {
        assert_eq!(sentence("a <b> `<i>`"), "a &lt;b&gt; <code>&lt;i&gt;</code>");
        assert_eq!(code("\u{202e}x"), "<code>\\u{202e}x</code>");
        assert_eq!(side_by_side("<a>", ""), "<pre class=\"before\">&lt;a&gt;</pre>\n<pre class=\"after\"></pre>\n");
    }

    fn page(groups: Vec<Group>) -> String {
        Page { title: "T", heading: String::from("H"), about: vec![String::from("why")], facets: &["Rule", "Host"], groups }.html()
    }

    #[test]
    fn entries_about_the_same_share_a_heading_and_say_what_they_can_be_filtered_by() {
        let entry = |subject: &str, host: &str| Entry {
            subject: subject.to_owned(),
            facets: vec![String::from("a\"b"), host.to_owned()],
            body: String::from("<p>said</p>\n"),
            ..Entry::default()
        };
        let group = |title: &str, entries| Group { title: title.to_owned(), entries };
        let all = page(vec![
            group("One", vec![entry("x", "h"), entry("x", ""), entry("y", "h")]),
            group("None", vec![]),
            group("Two", vec![entry("z", "")]),
        ]);
        assert_eq!(["<h3>x</h3>", "<h3>y</h3>", "<section>", "<h2>None"].map(|part| all.matches(part).count()), [1, 1, 3, 0]);
        assert!(all.contains("<article class=\"plain\" data-facet-0=\"a&quot;b\" data-facet-1=\"h\">\n<p>said</p>\n</article>"));
        assert!(all.contains("<li><a href=\"#group-1\">Two</a> (1)</li>") && all.contains("data-facets=\"Rule\nHost\""));
        assert!(!page(vec![group("One", vec![entry("x", "h")])]).contains("<nav"), "there is nothing to choose");
    }

    #[test]
    fn a_page_says_what_it_leaves_out() {
        let entries = |count: usize| (0..count).map(|_| Entry::default()).collect();
        let all = page(vec![
            Group { title: String::from("A"), entries: entries(MOST_ENTRIES - 1) },
            Group { title: String::from("B"), entries: entries(3) },
        ]);
        assert_eq!(all.matches("<article").count(), MOST_ENTRIES);
        assert!(all.contains("and 2 more, which the other formats have"));
    }
}
