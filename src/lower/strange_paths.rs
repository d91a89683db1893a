//! Paths that no request has, whatever their type: what they hold is of URLs or of somebody's templates, and nobody reads it as that.

/// What a path holds that paths of Ingresses do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strange<'p> {
    /// A letter as `%20`: the proxy compares decoded paths.
    Escape,
    /// A query, from its question mark on.
    Query(&'p str),
    /// A place for something to be filled in, as it is written.
    Template(&'p str),
}

impl<'p> Strange<'p> {
    /// What a path holds; none where it is plain, or a regular expression.
    #[must_use]
    pub fn of(path: &'p str) -> Option<Self> {
        if path.contains("${") || path.contains("{{") {
            return None;
        }
        if path.split('%').skip(1).any(is_escape) {
            return Some(Self::Escape);
        }
        let query = path.find('?').and_then(|at| path.get(at..));
        let is_query = |query: &&str| query[1..].split_once('=').is_some_and(|(name, _)| is_word(name));
        query.filter(is_query).map(Self::Query).or_else(|| path.split('/').find_map(template).map(Self::Template))
    }

    /// What to do.
    #[must_use]
    pub fn help(self, path: &str) -> String {
        const PATTERN: &str = "set `use-regex: \"true\"` and `pathType: ImplementationSpecific`, and write";
        match self {
            Self::Escape => format!("a path holds no escapes: {PATTERN} a dot for the letter: `{}`", decoded(path)),
            Self::Query(query) => format!("a path holds no query, and nothing else of an Ingress looks at one: write it without `{query}`"),
            Self::Template(part) => format!("nothing is filled in: {PATTERN} `{}`", path.replace(part, "[^/]+")),
        }
    }
}

/// Whether what stands behind a percent sign makes an escape of it.
fn is_escape(part: &str) -> bool {
    part.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

fn is_word(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// A segment, or what is in braces of it, that stands for any.
fn template(segment: &str) -> Option<&str> {
    let whole = [segment.strip_prefix(':'), segment.strip_prefix('$'), segment.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'))];
    if whole.into_iter().flatten().any(is_word) {
        return Some(segment);
    }
    let (start, end) = (segment.find('{')?, segment.find('}')?);
    segment.get(start + 1..end).filter(|name| is_word(name)).and_then(|_| segment.get(start..=end))
}

/// The path with a dot for each letter that is escaped.
fn decoded(path: &str) -> String {
    let mut parts = path.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_escape = is_escape(part);
        decoded.push(if is_escape { '.' } else { '%' });
        decoded.push_str(if is_escape { part.get(2..).unwrap_or_default() } else { part });
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_urls_and_templates_is_known() {
        for (path, expected) in [
            ("/a%20b", Some((Strange::Escape, "`/a.b`"))),
            ("/%C3%A9%", Some((Strange::Escape, "`/..%`"))),
            ("/x?y=1", Some((Strange::Query("?y=1"), "without `?y=1`"))),
            ("/users/{id}/posts", Some((Strange::Template("{id}"), "`/users/[^/]+/posts`"))),
            ("/users/:id", Some((Strange::Template(":id"), "`/users/[^/]+`"))),
            ("/files/$id", Some((Strange::Template("$id"), "`/files/[^/]+`"))),
            ("/files/<name>", Some((Strange::Template("<name>"), "`/files/[^/]+`"))),
            ("/v1/projects/p:run", None),
            ("/[a-z]{2}", None),
            ("/app/?(.*)", None),
            ("/(?=x)", None),
            ("/(?<name>x)", None),
            ("/app(/|$)(.*)", None),
            ("/${PREFIX}", None),
            ("/100%", None),
            ("/é%é", None),
        ] {
            let strange = Strange::of(path);
            assert_eq!(strange, expected.map(|(strange, _)| strange), "{path}");
            let help = strange.map(|strange| strange.help(path)).unwrap_or_default();
            assert!(help.ends_with(expected.map_or("", |(_, help)| help)), "{path}: {help}");
        }
    }
}
