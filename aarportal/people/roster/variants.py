"""Characters that are written for one another in Japanese names, pure; only for searching.

Whoever looks for 高橋 means 髙橋 as well. Two people are never taken for one by this: 斉藤 and 斎藤
are different families, and a search may find both.

Source: compiled by hand for this project, from the old forms (旧字体) that stand beside the Jōyō
and Jinmeiyō kanji and the variants of family names that school rosters show. What NFKC joins
already (compatibility forms such as U+FA19 of 神) is left out.
"""

#: The first of a group is the usual form of today.
_TABLE = """
高髙 崎﨑嵜碕𥔎 橋槗𣘺 辺邊邉 斎斉齋齊 浜濱濵 島嶋嶌 沢澤 広廣 真眞 恵惠 吉𠮷 桜櫻
国國圀 富冨 峰峯 条條 滝瀧 竜龍 万萬 与與 関關 静靜 聡聰 徳德 緑綠 柳栁桺 館舘
柏栢 桧檜 曽曾 増增 荘莊庄 薮藪籔 礼禮 郷鄕 黒黑 青靑 清淸 瀬瀨 頼賴 穂穗 栄榮
円圓 塩鹽 応應 桑桒 学學斈 楽樂 岳嶽 勲勳 薫薰 県縣 検檢 厳嚴 亀龜 尭堯 暁曉 経經
茎莖 芸藝 剣劍劔 圏圈 権權 顕顯 児兒 寿壽 実實 写寫 収收 従從 渋澁 叙敍 奨奬獎
将將 粋粹 穣穰 嬢孃 畳疊 譲讓 乗乘 浄淨 縄繩 慎愼 尽盡 図圖 数數 声聲 専專 銭錢
潜潛 繊纖 禅禪 壮壯 総總惣 双雙 蔵藏 続續 体體 対對 台臺 択擇 団團 鋳鑄 庁廳 聴聽
鉄鐵鐡 点點 転轉 伝傳 灯燈 当當 稲稻 独獨 拝拜 売賣 麦麥 発發 髪髮 蛮蠻 弁辨瓣辯
宝寶寳 豊豐 仏佛 払拂 変變 舗舖 歩步 翻飜 毎每 満滿 弥彌 薬藥 訳譯 余餘 誉譽 予豫
揺搖 様樣 謡謠 来來 覧覽 両兩 涼凉 猟獵 塁壘 励勵 齢齡 霊靈 歴歷 暦曆 恋戀 炉爐
労勞 楼樓 録錄 湾灣 亜亞 悪惡 圧壓 為爲 医醫 壱壹 隠隱 衛衞 駅驛 温溫 穏穩 仮假
価價 会會 絵繪 壊壞 懐懷 概槪 拡擴 殻殼 覚覺 巻卷 勧勸 寛寬 歓歡 観觀 帰歸 気氣
戯戲 拠據 挙擧 虚虛 峡峽 狭狹 区區 駆驅 径徑 掲揭 渓溪 継繼 軽輕 鶏鷄 研硏 献獻
倹儉 険險 験驗 恒恆 効效 鉱鑛礦 号號 黄黃 済濟 砕碎 剤劑 桟棧 蚕蠶 参參 賛贊 残殘
糸絲 歯齒 辞辭 湿濕 釈釋 証證 称稱 焼燒 状狀 触觸 寝寢 巣巢 争爭 窓窗 騒騷 即卽
属屬 帯帶 滞滯 単單 担擔 断斷 弾彈 遅遲 昼晝 虫蟲 鎮鎭 逓遞 党黨 闘鬪 読讀 秘祕
瓶甁 舎舍 鯵鰺 蛍螢 迩邇 遥遙 凜凛 槙槇 祷禱 巌巖 晃晄 昂昻 煕熙 簑蓑 篭籠 芦蘆
苅刈 蝋蠟 阪坂 靭靱 鴎鷗 鶴寉 麹麴 杉椙 梅楳槑 桝枡 秋穐龝 船舩 脇脅𦚰 村邨 松枩
略畧 畑畠 畝畒 皐皋 砺礪 祢禰 群羣 回囘廻 丈𠀋 土𡈽 泰𣳾 奥奧 婿壻 宮宫 寧寍 岡崗
岩嵒 庵菴 強强 教敎 晋晉 栖棲 楠柟 横橫 歳歲 渕淵 瑶瑤 町甼 緒緖 翠翆 耀燿 蒋蔣
諌諫 賎賤 躯軀 醤醬 鋭銳 閲閱 隣鄰 雑雜 頬頰 飲飮 餅餠 騨驒 髄髓 麺麵 暖煖 悦悅
戸戶 説說 税稅 尚尙 産產 彦彥 徴徵 戻戾 抜拔 掻搔 捜搜 挿插 攪撹 既旣 晩晚 柵栅
氷冰 没沒 浅淺 淳湻 焔焰 犁犂 痩瘦 矩榘 竪豎 笋筍 箪簞 粛肅 糧粮 綿緜 縁緣
纏纒 缶罐 肇肈 胆膽 脳腦 臓臟 艶艷 花芲 蕊蘂 虎乕 蝉蟬 衆眾 裏裡 覇霸 詠咏 讃讚
弐貳 跡迹 踊踴 遊游 醸釀 野埜 鉛鈆 錬鍊 鎖鏁 陥陷 隷隸 雁鴈 面靣 頚頸 顔顏 飾餝
鬱欝
"""

#: A character that is written otherwise -> the usual one.
VARIANTS = {other: group[0] for group in _TABLE.split() for other in group[1:]}
