//! What manifests can ask for that plain proxies do not have.

use super::{PasswordAuth, Route, Scheme, Settings};

/// Something that only some products can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// A web application firewall looks at requests.
    Firewall,
    /// A limit that all proxies count together.
    GlobalLimit,
    /// Passwords are asked for as digests.
    Digest,
    /// Requests are traced.
    Tracing,
    /// What `Link` headers of backends name is pushed.
    Push,
}

impl Extra {
    /// Whether it keeps requests out, so that nothing may be let in where it is missing.
    #[must_use]
    pub fn protects(self) -> bool {
        match self {
            Self::Firewall | Self::GlobalLimit | Self::Digest => true,
            Self::Tracing | Self::Push => false,
        }
    }
}

impl Settings {
    /// What is asked for all routes.
    pub fn extras(&self) -> impl Iterator<Item = Extra> + use<> {
        asked([(Extra::Firewall, self.waf.enabled), (Extra::Tracing, self.tracing.enabled)])
    }
}

impl Route {
    /// What the route itself asks for, besides how passwords are asked for.
    pub fn extras(&self) -> impl Iterator<Item = Extra> + use<> {
        let (steps, features) = (&*self.steps, &*self.features);
        asked([
            (Extra::Firewall, steps.firewall.enabled == Some(true)),
            (Extra::GlobalLimit, steps.global_limit.as_ref().is_some_and(|limit| limit.requests > 0)),
            (Extra::Tracing, features.tracing.enabled == Some(true)),
            (Extra::Push, features.push_preload),
        ])
    }
}

impl PasswordAuth {
    /// What asking for passwords takes.
    #[must_use]
    pub fn extra(&self) -> Option<Extra> {
        match self.scheme {
            Scheme::Basic => None,
            Scheme::Digest | Scheme::Unloaded => Some(Extra::Digest),
        }
    }
}

fn asked<const N: usize>(all: [(Extra, bool); N]) -> impl Iterator<Item = Extra> {
    all.into_iter().filter(|(_, is_asked)| *is_asked).map(|(extra, _)| extra)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::ir::{Asked, Features, Firewall, GlobalLimit, Origin, PathMatch, RouteTracing, Steps};

    fn route(firewall: Option<bool>, requests: Option<i64>, tracing: Option<bool>, push_preload: bool) -> Route {
        let tracing = RouteTracing { enabled: tracing, ..RouteTracing::default() };
        let features = Features { tracing, push_preload, ..Features::default() };
        let limit = requests.map(|requests| Arc::new(GlobalLimit { requests, ..GlobalLimit::default() }));
        let mut route = Route::new("/", PathMatch::Prefix, "", Arc::new(features), Origin::Default);
        route.steps = Arc::new(Steps {
            firewall: Asked { value: Firewall { enabled: firewall, ..Firewall::default() }, origin: Origin::Default },
            global_limit: limit.map(|value| Asked { value, origin: Origin::Default }),
            ..Steps::default()
        });
        route
    }

    #[test]
    fn what_is_asked_for_is_an_extra() {
        for (route, expected) in [
            (route(None, None, None, false), &[][..]),
            (route(Some(false), Some(0), Some(false), false), &[]),
            (route(Some(true), None, None, false), &[Extra::Firewall]),
            (route(None, Some(1), None, false), &[Extra::GlobalLimit]),
            (route(None, None, Some(true), false), &[Extra::Tracing]),
            (route(None, None, None, true), &[Extra::Push]),
            (route(Some(true), Some(5), Some(true), true), &[Extra::Firewall, Extra::GlobalLimit, Extra::Tracing, Extra::Push]),
        ] {
            assert_eq!(route.extras().collect::<Vec<_>>(), expected, "{route:?}");
        }
        let mut settings = Settings::default();
        assert_eq!(settings.extras().count(), 0);
        (settings.waf.enabled, settings.tracing.enabled) = (true, true);
        assert_eq!(settings.extras().collect::<Vec<_>>(), [Extra::Firewall, Extra::Tracing]);
    }

    #[test]
    fn passwords_that_are_not_sent_as_they_are_take_more() {
        let extra = |scheme| PasswordAuth { scheme, ..PasswordAuth::default() }.extra();
        assert_eq!([Scheme::Basic, Scheme::Digest, Scheme::Unloaded].map(extra), [None, Some(Extra::Digest), Some(Extra::Digest)]);
    }

    #[test]
    fn what_keeps_requests_out_protects() {
        let all = [Extra::Firewall, Extra::GlobalLimit, Extra::Digest, Extra::Tracing, Extra::Push];
        assert_eq!(all.map(Extra::protects), [true, true, true, false, false]);
    }
}
