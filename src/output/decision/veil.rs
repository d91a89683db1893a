//! What an answer must not show: secrets of the configuration. What the client sent itself is no secret to whoever asks.

use crate::credentials::{HIDDEN, is_name, ranges};
use crate::route::Request;

/// Hides what a request did not bring along.
#[derive(Clone, Copy)]
pub(in crate::output) struct Veil<'r>(pub(in crate::output) &'r Request);

impl Veil<'_> {
    /// A text without secrets.
    pub(in crate::output) fn text(self, text: &str) -> String {
        let (mut shown, mut at) = (String::with_capacity(text.len()), 0);
        for range in ranges(text).into_iter().filter(|range| !self.is_sent(&text[range.clone()])) {
            shown.push_str(&text[at..range.start]);
            shown.push_str(HIDDEN);
            at = range.end;
        }
        shown.push_str(&text[at..]);
        shown
    }

    /// The value of a header, which its name may make a secret.
    pub(super) fn header(self, name: &str, value: &str) -> String {
        if is_name(name) && !value.is_empty() && !self.is_sent(value) { HIDDEN.to_owned() } else { self.text(value) }
    }

    fn is_sent(self, part: &str) -> bool {
        let Self(request) = self;
        let target = String::from_utf8_lossy(&request.target);
        target.contains(part) || request.headers.iter().any(|(_, value)| value.contains(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_the_configuration_are_hidden() {
        let mut request = Request::of_url("https://shop.example.com/?token=c11entsown").expect("a URL");
        request.headers.push((String::from("Authorization"), String::from("Bearer mine")));
        let veil = Veil(&request);
        for (text, expected) in [
            ("https://auth.example.com/?token=hunter22secret is asked", "https://auth.example.com/?token=<hidden> is asked"),
            ("/?token=c11entsown", "/?token=c11entsown"),
            ("the path becomes `/`", "the path becomes `/`"),
        ] {
            assert_eq!(veil.text(text), expected);
        }
        assert_eq!(veil.header("Authorization", "Basic dXNlcjpodW50ZXIyMg=="), HIDDEN);
        assert_eq!(veil.header("Authorization", "Bearer mine"), "Bearer mine");
        assert_eq!(veil.header("X-Color", "blue"), "blue");
        assert_eq!(veil.header("X-Api-Key", ""), "");
    }
}
