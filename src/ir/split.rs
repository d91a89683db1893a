//! Which requests go to the canary of an upstream: the questions that decide it, one after the other.

use super::Upstream;

/// Whom requests go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The upstream of the route.
    Own,
    /// The one that takes a share.
    Canary,
}

/// One question. Where it has no answer, the next one is asked, and after the last one requests stay with [`Side::Own`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Clients that a cookie has assigned to an upstream stay there.
    Kept {
        /// Name of the cookie.
        cookie: String,
        /// Name of the upstream, which the cookie tells.
        upstream: String,
        /// Where that is.
        side: Side,
    },
    /// A header decides.
    Header {
        /// Name of the header.
        name: String,
        /// What its value must be.
        test: HeaderTest,
    },
    /// A cookie decides by the words `always` and `never`.
    Cookie(String),
    /// Chance decides: so many requests go to the canary, and this is always an answer.
    Share {
        /// Share of the requests, from 1 to `total`.
        weight: i64,
        /// What the weight is a share of, at least 100.
        total: i64,
    },
}

/// What the value of a header must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeaderTest {
    /// `always` leads to the canary, `never` away from it.
    Words,
    /// This value leads to the canary.
    Value(String),
    /// What this regular expression fits leads to the canary.
    Pattern(String),
}

/// The questions whether the canary of an upstream is meant, in the order in which the controller asks; none where it never is.
#[must_use]
pub fn questions(own: &Upstream, canary: &Upstream) -> Vec<Question> {
    let share = &canary.share;
    let kept = |upstream: &Upstream, side| {
        let (cookie, name) = (upstream.affinity.cookie.shown_name().to_owned(), upstream.name.clone());
        upstream.affinity.is_by_cookie().then_some(Question::Kept { cookie, upstream: name, side })
    };
    let header = (!share.header.is_empty()).then(|| {
        // Quirk: where there is a value, the pattern does not count.
        let test = match (share.header_value.as_str(), share.header_pattern.as_str()) {
            ("", "") => HeaderTest::Words,
            ("", pattern) => HeaderTest::Pattern(pattern.to_owned()),
            (value, _) => HeaderTest::Value(value.to_owned()),
        };
        Question::Header { name: share.header.clone(), test }
    });
    let cookie = (!share.cookie.is_empty()).then(|| Question::Cookie(share.cookie.clone()));
    // Quirk: a total below a hundred does not count.
    let total = share.total.max(100);
    let chance = (share.weight > 0).then(|| Question::Share { weight: share.weight.min(total), total });
    let mut questions: Vec<Question> = [kept(canary, Side::Canary), header, cookie, chance].into_iter().flatten().collect();
    if !questions.is_empty() {
        questions.splice(0..0, kept(own, Side::Own));
    }
    questions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::TrafficShare;

    fn upstream(name: &str, cookie: Option<&str>, share: TrafficShare) -> Upstream {
        let mut upstream = Upstream { name: name.to_owned(), share, ..Upstream::default() };
        if let Some(cookie) = cookie {
            upstream.affinity.kind = String::from("cookie");
            upstream.affinity.cookie.name = cookie.to_owned();
        }
        upstream
    }

    fn asked(own: Option<&str>, canary: Option<&str>, share: TrafficShare) -> Vec<Question> {
        questions(&upstream("own", own, TrafficShare::default()), &upstream("canary", canary, share))
    }

    #[test]
    fn who_was_assigned_stays_and_chance_comes_last() {
        let text = |text: &str| text.to_owned();
        let share = TrafficShare {
            weight: 30,
            total: 10,
            header: text("X"),
            header_value: text("v"),
            header_pattern: text("p"),
            cookie: text("c"),
        };
        let kept = |cookie: &str, upstream: &str, side| Question::Kept { cookie: text(cookie), upstream: text(upstream), side };
        assert_eq!(
            asked(Some("a"), Some(""), share),
            [
                kept("a", "own", Side::Own),
                kept("route", "canary", Side::Canary),
                Question::Header { name: text("X"), test: HeaderTest::Value(text("v")) },
                Question::Cookie(text("c")),
                Question::Share { weight: 30, total: 100 },
            ]
        );
    }

    #[test]
    fn a_canary_that_nothing_leads_to_is_not_asked_about() {
        for (weight, total, expected) in [(0, 100, None), (-1, 100, None), (200, 100, Some((100, 100))), (1, 1000, Some((1, 1000)))] {
            let found = asked(Some("a"), None, TrafficShare { weight, total, ..TrafficShare::default() });
            let chance = found.iter().find_map(|question| match question {
                Question::Share { weight, total } => Some((*weight, *total)),
                _ => None,
            });
            assert_eq!((chance, found.len()), (expected, if expected.is_some() { 2 } else { 0 }), "{weight} of {total}");
        }
    }
}
