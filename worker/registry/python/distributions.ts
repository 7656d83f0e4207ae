/** Modules whose distribution has another name. A longer module wins over a shorter one. */
const NAMED_OTHERWISE: Readonly<Record<string, string>> = {
  Bio: "biopython",
  Crypto: "pycryptodome",
  Cryptodome: "pycryptodomex",
  Levenshtein: "levenshtein",
  MySQLdb: "mysqlclient",
  OpenSSL: "pyopenssl",
  PIL: "pillow",
  PyPDF2: "pypdf2",
  Xlib: "python-xlib",
  apiclient: "google-api-python-client",
  asgiref: "asgiref",
  atlassian: "atlassian-python-api",
  attr: "attrs",
  attrs: "attrs",
  barcode: "python-barcode",
  bs4: "beautifulsoup4",
  cairosvg: "cairosvg",
  charset_normalizer: "charset-normalizer",
  cv2: "opencv-python-headless",
  dateutil: "python-dateutil",
  discord: "discord-py",
  dns: "dnspython",
  docx: "python-docx",
  dotenv: "python-dotenv",
  exifread: "exifread",
  faiss: "faiss-cpu",
  fitz: "pymupdf",
  git: "gitpython",
  github: "pygithub",
  gitlab: "python-gitlab",
  "google.auth": "google-auth",
  "google.cloud.bigquery": "google-cloud-bigquery",
  "google.cloud.firestore": "google-cloud-firestore",
  "google.cloud.pubsub_v1": "google-cloud-pubsub",
  "google.cloud.secretmanager": "google-cloud-secret-manager",
  "google.cloud.storage": "google-cloud-storage",
  "google.cloud.translate": "google-cloud-translate",
  "google.cloud.vision": "google-cloud-vision",
  "google.genai": "google-genai",
  "google.generativeai": "google-generativeai",
  "google.oauth2": "google-auth",
  "google.protobuf": "protobuf",
  google_auth_oauthlib: "google-auth-oauthlib",
  googleapiclient: "google-api-python-client",
  hubspot: "hubspot-api-client",
  jose: "python-jose",
  jwt: "pyjwt",
  kubernetes: "kubernetes",
  ldap: "python-ldap",
  lxml: "lxml",
  magic: "python-magic",
  markdown_it: "markdown-it-py",
  mpl_toolkits: "matplotlib",
  mysql: "mysql-connector-python",
  nacl: "pynacl",
  notion_client: "notion-client",
  oauth2client: "oauth2client",
  pdfminer: "pdfminer-six",
  phonenumbers: "phonenumbers",
  pkg_resources: "setuptools",
  pptx: "python-pptx",
  psycopg2: "psycopg2-binary",
  pydantic_settings: "pydantic-settings",
  pyximport: "cython",
  pythonjsonlogger: "python-json-logger",
  pywt: "pywavelets",
  rapidfuzz: "rapidfuzz",
  rest_framework: "djangorestframework",
  ruamel: "ruamel-yaml",
  sentence_transformers: "sentence-transformers",
  serial: "pyserial",
  setuptools: "setuptools",
  shapefile: "pyshp",
  skimage: "scikit-image",
  sklearn: "scikit-learn",
  slack: "slackclient",
  slack_bolt: "slack-bolt",
  slack_sdk: "slack-sdk",
  slugify: "python-slugify",
  snowflake: "snowflake-connector-python",
  socks: "pysocks",
  sqlalchemy_utils: "sqlalchemy-utils",
  telegram: "python-telegram-bot",
  telethon: "telethon",
  usb: "pyusb",
  vobject: "vobject",
  websocket: "websocket-client",
  win32api: "pywin32",
  yaml: "pyyaml",
  youtube_transcript_api: "youtube-transcript-api",
  zmq: "pyzmq",
};

/**
 * Well-known modules whose distribution has the same name. What is in neither list is not installed on its name's word:
 * anybody may own a distribution that is called like a file somebody forgot to bring along.
 */
const NAMED_ALIKE: ReadonlySet<string> = new Set(
  (
    "aiofiles aiohttp altair annotated_types anthropic anyio apscheduler arrow asyncpg authlib azure babel backoff " +
    "bcrypt bleach bokeh boto3 botocore cachetools certifi chardet chevron click cohere colorama croniter cryptography " +
    "cssselect dask deepdiff defusedxml deepl diskcache django docker docutils duckdb email_validator elasticsearch emoji " +
    "faker fastapi feedparser flask folium fpdf fsspec ftfy fuzzywuzzy gensim geopandas geopy gitdb gql graphviz groq " +
    "gspread gspread_dataframe h11 h2 holidays html2text html5lib httpx huggingface_hub humanize hvac icalendar idna " +
    "imageio imapclient inflect inflection instructor jinja2 joblib jsonpath_ng jsonpatch jsonpointer jsonschema keyring " +
    "langchain langdetect langchain_core langchain_openai litellm llama_index loguru markdown markdownify markupsafe " +
    "marshmallow matplotlib mistralai mistune more_itertools moviepy msgpack nbformat networkx nltk num2words numba " +
    "numexpr numpy oauthlib ollama openai openpyxl orjson packaging pandas paramiko passlib patsy pdf2image pdfkit " +
    "pdfplumber peewee pendulum pika pikepdf pinecone plotly polars prettytable prometheus_client psutil psycopg pyarrow " +
    "pydantic pydub pyfiglet pygments pymongo pymupdf pymysql pyparsing pypdf pyperclip pyproj pysftp pytesseract pytest " +
    "pytz pyvis qrcode rapidocr redis regex replicate reportlab requests requests_oauthlib resend responses rich rsa " +
    "schedule scipy scrapy seaborn segno selectolax selenium sendgrid sentry_sdk shapely simplejson six sklearn_pandas " +
    "sortedcontainers soupsieve spacy sqlalchemy sqlglot sqlmodel sqlparse starlette statsmodels stripe structlog svgwrite " +
    "sympy tabula tabulate tenacity termcolor textblob textdistance tiktoken tinycss2 tldextract tokenizers tomli tomlkit " +
    "toolz torch torchvision tornado tqdm transformers trafilatura tweepy twilio typer typing_extensions tzdata tzlocal " +
    "ujson unidecode uritemplate urllib3 validators weasyprint websockets werkzeug wikipedia wordcloud wrapt xarray " +
    "xgboost xlrd xlsxwriter xlwt xmltodict yarl yfinance zstandard"
  ).split(" "),
);

/** A distribution's name as package indexes compare it (PEP 503). Pure. */
export function normalize(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

/** The distribution that brings a module along, as far as that is well known; null for any other. Pure. */
export function distributionOf(module: string): string | null {
  const parts = module.split(".");
  for (let length = Math.min(parts.length, 3); length > 0; length--) {
    const name = parts.slice(0, length).join(".");
    if (Object.hasOwn(NAMED_OTHERWISE, name)) return NAMED_OTHERWISE[name] ?? null;
  }
  const [top = ""] = parts;
  return NAMED_ALIKE.has(top) ? normalize(top) : null;
}

/** Distributions that bring the same module along as another one does. */
const SAME: Readonly<Record<string, string>> = {
  "opencv-python": "opencv-python-headless",
  "opencv-contrib-python": "opencv-python-headless",
  "opencv-contrib-python-headless": "opencv-python-headless",
  psycopg2: "psycopg2-binary",
  "faiss-gpu": "faiss-cpu",
  pdfminer: "pdfminer-six",
  "pymupdf-binary": "pymupdf",
  fpdf2: "fpdf",
  "tabula-py": "tabula",
  "pinecone-client": "pinecone",
  "levenshtein-wheels": "levenshtein",
  "python-levenshtein": "levenshtein",
};

/** One name for distributions that stand for each other. Pure. */
export function sameDistribution(name: string): string {
  const normal = normalize(name);
  return SAME[normal] ?? normal;
}

/** Distributions that others look for by themselves, so that no file need import them. */
export const USED_BY_OTHERS: ReadonlySet<string> = new Set(
  (
    "brotli email-validator et-xmlfile fsspec h2 html5lib lxml numexpr openpyxl pillow psycopg2-binary pyarrow pymysql " +
    "python-multipart s3fs gcsfs setuptools socksio tabulate tzdata uvicorn wheel xlrd xlsxwriter asyncpg certifi " +
    "urllib3 numpy bottleneck kaleido pip greenlet cryptography"
  ).split(" "),
);
