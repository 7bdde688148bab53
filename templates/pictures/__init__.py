"""Pictures: SVG templates, the font that they are measured and drawn with, and the rasteriser."""
