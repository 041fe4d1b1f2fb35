import { nothing } from 'lit';
import { Directive, directive, type ElementPart } from 'lit/directive.js';

/** Sets style properties by script alone: lit's styleMap writes a style attribute first, which the page's policy blocks. */
class PlacedDirective extends Directive {
  render(_styles: Readonly<Record<string, string>>): typeof nothing {
    return nothing;
  }

  override update({ element }: ElementPart, [styles]: [Readonly<Record<string, string>>]): typeof nothing {
    for (const [name, value] of Object.entries(styles)) (element as HTMLElement).style.setProperty(name, value);
    return nothing;
  }
}

export const placed = directive(PlacedDirective);
