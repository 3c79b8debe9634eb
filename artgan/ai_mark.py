"""How files say that a trained algorithm made them: the mark of the IPTC, in XMP where a format has a place for it."""

from __future__ import annotations

from html import escape

DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
MARK = "AI-generated with artgan"

RECORD_BEGIN, RECORD_END = "<artgan:record>", "</artgan:record>"
"""What stands around a record in XMP."""

_NAMESPACE = 'xmlns:artgan="https://artgan.invalid/ns/1.0/"'
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"{namespace}>
   <xmp:CreatorTool>artgan</xmp:CreatorTool>
   <Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>{record}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def xmp(record: str = "") -> str:
    """Return the mark as XMP, with a record inside where one is given."""
    namespace = f"\n    {_NAMESPACE}" if record else ""
    told = f"\n   {RECORD_BEGIN}{escape(record, quote=False)}{RECORD_END}" if record else ""
    return _XMP.format(namespace=namespace, source=DIGITAL_SOURCE_TYPE, record=told)
