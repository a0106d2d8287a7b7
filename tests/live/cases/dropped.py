"""Dropped files of Taiwan and China: small bodies in the documented shapes, with their sidecars."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class File:
    """A file for the inbox: its source, name, bytes and sidecar, and what it becomes."""

    source_id: str
    name: str
    body: bytes
    sidecar: str
    n_rows: int
    total_usd: Decimal | None


def sidecar(dataset: str, first: str, last: str, **more: str) -> str:
    further = "".join(f'{name} = "{value}"\n' for name, value in more.items())
    return f'dataset = "{dataset}"\nretrieved = 2026-09-20\nfirst = "{first}"\nlast = "{last}"\n{further}'


TAIWAN = File(
    "twmof",
    "exports 2026.csv",
    b'Imports/Exports,Time,Commodity Code,Description,Country,"Value(USD$1,000)",Weight(TNE)\n'
    b"Exports(including re-exports),2026/5,84715000006,Processing units,United States,1200.5,3.25\n"
    b"Exports(including re-exports),2026/5,84715000006,Processing units,Thailand,300,1\n"
    b"Exports(including re-exports),2026/1~2026/5(preliminary),84715000006,Processing units,Thailand,1100,4\n"
    b"Re-Exports,2026/5,84715000006,Processing units,Thailand,20,0.1\n",
    sidecar("twmof_dropped", "2026-01", "2026-05"),
    4,
    Decimal("2620500"),
)
TAIWAN_CHINESE = File(
    "twmof",
    "exports 2025.csv",
    "進出口別,日期,貨品號列,中文貨名,英文貨名,美元(千元)\n"
    "出口總值(含復出口),113年,85423100002,處理器,Processors,500.25\n"
    "出口總值(含復出口),114年1月~114年7月(初步值),85423100002,處理器,Processors,300\n".encode(),
    sidecar("twmof_dropped", "2024-01", "2025-07"),
    2,
    Decimal("800250"),
)
CHINA = File(
    "gacc",
    "imports 202605.csv",
    '"Date of data","Commodity code","Commodity","Trading partner code","Trading partner","Customs Regime code","Customs Regime",'
    '"Quantity","Unit","Supplementary Quantity","Supplementary Unit","US dollar",\n'
    '"202605","84715040","Processing units","143","Taiwan","10","Ordinary Trade","20","Set","1,500","Kilogram","4,000,000",\n'
    '"202605","84715040","Processing units","143","Taiwan","14","Processing","5","Set","300","Kilogram","1,000,000",\n'
    '"202605","84715040","Processing units","142","China","10","Ordinary Trade","1","Set","10","Kilogram","50,000",\n'
    '"202605","85423119","Processors","133","Republic of Korea","10","Ordinary Trade","900","?","0","?","7,500",\n'.encode(
        "gb18030"
    ),
    sidecar("gacc_dropped", "2026-05", "2026-05", flow="M"),
    4,
    Decimal("5057500"),
)
CHINA_YUAN = File(
    "gacc",
    "exports 202604.csv",
    '"贸易伙伴编码","贸易伙伴名称","商品编码","商品名称","第一数量","第一计量单位","人民币",\n'
    '"110","中国香港","84733090","零件","7","千克","71,000",\n'.encode("gb18030"),
    sidecar("gacc_dropped", "2026-04", "2026-04", flow="X"),
    1,
    None,
)
FILES = [TAIWAN, TAIWAN_CHINESE, CHINA, CHINA_YUAN]
