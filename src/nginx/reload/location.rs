//! Places of locations: which may stand in which, and what they may hold.

/// How a location is matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    Exact,
    Prefix,
    Pattern,
    Named,
}

/// What a location is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    matches: Match,
    name: String,
}

impl Location {
    /// The location of such arguments.
    pub(super) fn of(args: &[&str]) -> Self {
        let one = args.first().copied().unwrap_or_default();
        let (modifier, name) = match args {
            [modifier, name] => (*modifier, *name),
            _ => ["=", "^~", "~*", "~"].into_iter().find_map(|modifier| Some((modifier, one.strip_prefix(modifier)?))).unwrap_or(("", one)),
        };
        let matches = match modifier {
            "=" => Match::Exact,
            "~" | "~*" => Match::Pattern,
            "" if name.starts_with('@') => Match::Named,
            _ => Match::Prefix,
        };
        Self { matches, name: name.to_owned() }
    }

    /// What makes two locations the same for nginx; none where it never compares.
    pub(super) fn key(&self) -> Option<(bool, &str)> {
        match self.matches {
            Match::Exact => Some((true, &self.name)),
            Match::Prefix => Some((false, &self.name)),
            Match::Pattern | Match::Named => None,
        }
    }

    /// Why this location may not stand in another one.
    pub(super) fn refusal_in(&self, outer: &Self) -> Option<String> {
        let (name, around) = (&self.name, &outer.name);
        match (outer.matches, self.matches) {
            (Match::Exact | Match::Named, _) => Some(format!("no location can be inside of the location `{around}`")),
            (_, Match::Named) => Some(format!("the location `{name}` can only stand in a server")),
            (_, Match::Pattern) => None,
            _ => (!name.starts_with(around.as_str())).then(|| format!("the location `{name}` is outside of the location `{around}`")),
        }
    }

    /// Whether what is passed on from here may have another URI, and files another folder: it must be known what is replaced.
    pub(super) fn replaces(&self) -> bool {
        matches!(self.matches, Match::Exact | Match::Prefix)
    }

    /// Whether it has only a name.
    pub(super) fn is_named(&self) -> bool {
        self.matches == Match::Named
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_have_their_places() {
        for (outer, inner, is_refused) in [
            (&["/a"][..], &["/a/b"][..], false),
            (&["/a"], &["/b"], true),
            (&["/a"], &["~", "x"], false),
            (&["/a"], &["~*x"], false),
            (&["=", "/a"], &["/a/b"], true),
            (&["=/a"], &["~", "x"], true),
            (&["@a"], &["/"], true),
            (&["/"], &["@a"], true),
            (&["^~", "/a"], &["=", "/a"], false),
        ] {
            assert_eq!(Location::of(inner).refusal_in(&Location::of(outer)).is_some(), is_refused, "{outer:?} {inner:?}");
        }
        assert_eq!(Location::of(&["=/a"]).key(), Location::of(&["=", "/a"]).key());
        assert_ne!(Location::of(&["/a"]).key(), Location::of(&["=", "/a"]).key());
        assert_eq!(Location::of(&["~", "/a"]).key(), None);
    }
}
