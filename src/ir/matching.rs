//! Which requests a route answers, and what becomes of their path.

use super::{Rewrite, Route, Server};

impl Rewrite {
    /// Whether requests for a path get another one. Quirk: a target that is the path itself changes nothing.
    #[must_use]
    pub fn changes(&self, path: &str) -> bool {
        !self.target.is_empty() && self.target != path
    }

    /// Whether the path is a regular expression. Quirk: one that is changed always is.
    #[must_use]
    pub fn makes_pattern(&self, path: &str) -> bool {
        self.by_pattern || self.changes(path)
    }
}

impl Route {
    /// The path that requests get; none where theirs stays.
    #[must_use]
    pub fn rewritten(&self) -> Option<&str> {
        let rewrite = &self.features.rewrite;
        rewrite.changes(&self.path).then_some(rewrite.target.as_str())
    }

    /// Whether requests are redirected to the new path, because it is a URL. Quirk: only a variable of this very form counts for a scheme.
    #[must_use]
    pub fn is_led_elsewhere(&self) -> bool {
        self.rewritten().is_some_and(|target| ["http://", "https://", "$scheme"].iter().any(|scheme| target.starts_with(scheme)))
    }
}

impl Server {
    /// Whether paths are matched as regular expressions, in any case of letters and in the order of the routes. Quirk: one path that is
    /// a regular expression makes all paths of the host regular expressions.
    #[must_use]
    pub fn is_by_pattern(&self) -> bool {
        self.routes.iter().any(|route| route.features.rewrite.makes_pattern(&route.path))
    }

    /// Where requests for `/` are redirected to; none: nowhere. Of several routes that say so, the first counts.
    #[must_use]
    pub fn app_root(&self) -> Option<&str> {
        self.routes.iter().map(|route| route.features.rewrite.app_root.as_str()).find(|root| !root.is_empty())
    }
}
