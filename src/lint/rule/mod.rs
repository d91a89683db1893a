//! What a rule is: a name, a severity and a page.
//!
//! A page is a text that people read as it is, and that tests read too:
//!
//! - the title: the name of the rule;
//! - the first paragraph: what is wrong, in one sentence;
//! - the other paragraphs: why it matters and what to do;
//! - under each `## Fires`, or `## Fires: when`: manifests in which the rule finds something;
//! - under each `## Quiet`, or `## Quiet: when`: manifests in which it does not.
//!
//! Examples are checked with `ingressc check .`, or with the command line that one of their blocks says.

mod page;

pub use page::{Block, Example, Page};

use crate::diagnostic::{Diagnostic, Severity};

/// A kind of finding.
#[derive(Debug)]
pub struct Rule {
    /// The name, kebab-case: what is wrong.
    pub name: &'static str,
    /// How bad it is where neither the finding knows better nor the settings say otherwise.
    pub severity: Severity,
    /// The page, as it is written.
    pub text: &'static str,
}

impl Rule {
    /// The page in its parts.
    #[must_use]
    pub fn page(&self) -> Page<'static> {
        Page::read(self.text)
    }

    /// A finding of this rule.
    #[must_use]
    pub fn finding(&'static self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.severity, self.name, message)
    }
}
