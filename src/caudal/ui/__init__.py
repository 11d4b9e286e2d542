"""The design system: tokens, components, the page shell, and the tags that pages are written with."""
